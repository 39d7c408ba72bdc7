package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A target as its section says, before defaults are applied (Cargo: `TomlTarget`).
final class TargetDraft {
  final TargetSection section;
  private @Nullable TomlTable table;
  @Nullable String name;
  boolean explicitName = true;
  @Nullable String path;
  private @Nullable String edition;
  private @Nullable List<String> crateTypes;
  private @Nullable List<String> requiredFeatures;
  private @Nullable Boolean procMacro;
  private @Nullable Boolean test;
  private @Nullable Boolean bench;
  private @Nullable Boolean doc;
  private @Nullable Boolean doctest;
  private @Nullable Boolean scraped;
  private @Nullable Boolean harness;

  private TargetDraft(TargetSection section) {
    this.section = section;
  }

  static TargetDraft inferred(TargetSection section, TargetDiscovery.Inferred found) {
    var draft = new TargetDraft(section);
    draft.name = found.name();
    draft.path = found.path();
    return draft;
  }

  static TargetDraft read(TargetSection section, TomlTable table) throws KilnException {
    var draft = new TargetDraft(section);
    draft.name = table.string("name");
    draft.path = table.string("path");
    draft.edition = table.string("edition");
    draft.table = table;
    draft.crateTypes = either(table.strings("crate-type"), table.strings("crate_type"));
    draft.requiredFeatures = table.strings("required-features");
    draft.procMacro = table.bool("proc-macro");
    if (draft.procMacro == null) {
      draft.procMacro = table.bool("proc_macro");
    }
    draft.test = table.bool("test");
    draft.bench = table.bool("bench");
    draft.doc = table.bool("doc");
    draft.doctest = table.bool("doctest");
    draft.scraped = table.bool("doc-scrape-examples");
    draft.harness = table.bool("harness");
    return draft;
  }

  private static @Nullable List<String> either(
      @Nullable List<String> first, @Nullable List<String> second) {
    return first != null ? first : second;
  }

  String requireName() {
    if (name == null) {
      throw new IllegalStateException("a target is checked for a name before");
    }
    return name;
  }

  private void checkSpelling(String edition, List<String> warnings) throws KilnException {
    if (this.edition != null) {
      warnings.add(
          "`edition` is set on "
              + section.human()
              + " `"
              + requireName()
              + "` which is deprecated");
    }
    if (table != null) {
      var kind = section.human() + " target";
      for (var key : List.of("proc-macro", "crate-type")) {
        ManifestReader.renamed(
            table, key, key.replace('-', '_'), requireName(), kind, edition, warnings);
      }
    }
  }

  void checkLib(String packageEdition, List<String> warnings) throws KilnException {
    checkName();
    checkSpelling(packageEdition, warnings);
    var libName = requireName();
    if (libName.contains("-")) {
      throw new KilnException("library target names cannot contain hyphens: " + libName);
    }
    if (crateTypes == null) {
      return;
    }
    if (crateTypes.contains("proc-macro")) {
      if (crateTypes.size() > 1) {
        throw new KilnException("cannot mix `proc-macro` crate type with others");
      }
      warnings.add(
          "library `"
              + libName
              + "` should only specify `proc-macro = true` instead of setting `crate-type`");
    }
    if (crateTypes.contains("dylib") && crateTypes.contains("cdylib")) {
      throw new KilnException(
          "library `" + libName + "` cannot set the crate type of both `dylib` and `cdylib`");
    }
  }

  void check(String packageEdition, List<String> warnings, List<String> errors)
      throws KilnException {
    checkName();
    checkSpelling(packageEdition, warnings);
    if (section == TargetSection.BIN) {
      if (Names.isArtifactDirectory(requireName())) {
        throw new KilnException(
            "the binary target name `"
                + requireName()
                + "` is forbidden, it conflicts with cargo's build directory names");
      }
      if (crateTypes != null && !crateTypes.isEmpty()) {
        errors.add(
            "the target `"
                + requireName()
                + "` is a binary and can't have any crate-types set (currently \""
                + String.join(", ", crateTypes)
                + "\")");
      }
      if (Boolean.TRUE.equals(procMacro)) {
        errors.add(
            "the target `"
                + requireName()
                + "` is a binary and can't have `proc-macro` set `true`");
      }
    }
  }

  private void checkName() throws KilnException {
    if (name == null) {
      throw new KilnException(section.human() + " target " + section.key() + ".name is required");
    }
    if (name.isBlank()) {
      throw new KilnException(section.human() + " target names cannot be empty");
    }
  }

  Target toTarget(String packageEdition) throws KilnException {
    var targetEdition = edition == null ? packageEdition : edition;
    Editions.check(targetEdition);
    boolean isBuilt = section == TargetSection.LIB || section == TargetSection.BIN;
    var flags =
        new Target.Flags(
            or(test, isBuilt || section == TargetSection.TEST),
            or(bench, isBuilt || section == TargetSection.BENCH),
            or(doc, isBuilt),
            section == TargetSection.LIB && or(doctest, true),
            or(harness, true),
            or(scraped, false));
    return new Target(
        section.kind(),
        requireName(),
        types(),
        normalPath(path == null ? "" : path),
        targetEdition,
        flags,
        section == TargetSection.LIB ? null : requiredFeatures);
  }

  private List<String> types() {
    if (section == TargetSection.LIB) {
      if (crateTypes != null) {
        return crateTypes;
      }
      return List.of(Boolean.TRUE.equals(procMacro) ? "proc-macro" : "lib");
    }
    boolean isLibrary =
        section == TargetSection.EXAMPLE && crateTypes != null && !crateTypes.isEmpty();
    if (isLibrary) {
      return crateTypes == null ? List.of() : crateTypes;
    }
    return List.of("bin");
  }

  private static boolean or(@Nullable Boolean given, boolean normal) {
    return given == null ? normal : given;
  }

  /// Removes `.` and inner `..` from a relative path.
  static String normalPath(String path) {
    var parts = new ArrayDeque<String>();
    for (var part : path.split("/", -1)) {
      if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (!part.equals(".") && (!part.isEmpty() || parts.isEmpty())) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }
}
