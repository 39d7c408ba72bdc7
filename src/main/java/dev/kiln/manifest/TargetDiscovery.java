package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The targets of a package: what its manifest lists, and what Cargo infers from the files (Cargo:
/// workspace/parser/targets.rs).
final class TargetDiscovery {
  private final Path directory;
  private final String packageName;
  private final String edition;
  private final TomlTable packageTable;
  private final TomlTable root;
  private final List<String> warnings;
  private final List<String> errors;

  TargetDiscovery(
      Path directory,
      String packageName,
      String edition,
      TomlTable packageTable,
      TomlTable root,
      List<String> warnings,
      List<String> errors) {
    this.directory = directory;
    this.packageName = packageName;
    this.edition = edition;
    this.packageTable = packageTable;
    this.root = root;
    this.warnings = warnings;
    this.errors = errors;
  }

  /// A file that Cargo would take for a target of its own accord.
  record Inferred(String name, String path) {}

  List<Target> discover() throws KilnException {
    var lib = lib();
    var bins = list(TargetSection.BIN, lib != null);
    var examples = list(TargetSection.EXAMPLE, lib != null);
    var tests = list(TargetSection.TEST, lib != null);
    var benches = list(TargetSection.BENCH, lib != null);
    var targets = new ArrayList<Target>();
    if (lib != null) {
      targets.add(lib.toTarget(edition));
    }
    for (var drafts : List.of(bins, examples, tests, benches)) {
      for (var draft : drafts) {
        targets.add(draft.toTarget(edition));
      }
    }
    if (targets.isEmpty()) {
      throw new KilnException(
          "no targets specified in the manifest\n"
              + "either src/lib.rs, src/main.rs, a [lib] section, or [[bin]] section must be"
              + " present");
    }
    warnOfSharedFiles(targets);
    var script = buildScript();
    if (script != null) {
      targets.add(script);
    }
    return targets;
  }

  private @Nullable TargetDraft lib() throws KilnException {
    var section = root.value("lib");
    var table = section == null ? null : section.table("struct TomlTarget");
    var automatic = packageTable.bool("autolib");
    if (table == null && (Boolean.FALSE.equals(automatic) || !hasLibFile())) {
      return null;
    }
    var draft =
        table == null
            ? TargetDraft.inferred(TargetSection.LIB, new Inferred(libName(), "src/lib.rs"))
            : TargetDraft.read(TargetSection.LIB, table);
    if (draft.name == null) {
      draft.name = libName();
      draft.explicitName = false;
    }
    draft.checkLib(edition, warnings);
    if (draft.path == null) {
      draft.path = hasLibFile() ? "src/lib.rs" : legacyLib(draft.requireName());
    }
    return draft;
  }

  private boolean hasLibFile() {
    return Files.exists(directory.resolve("src/lib.rs"));
  }

  private String libName() {
    return packageName.replace('-', '_');
  }

  private String legacyLib(String name) throws KilnException {
    var legacy = "src/" + name + ".rs";
    if (edition.equals("2015") && Files.exists(directory.resolve(legacy))) {
      warnings.add(
          "path `"
              + legacy
              + "` was erroneously implicitly accepted for library `"
              + name
              + "`,\nplease rename the file to `src/lib.rs` or set lib.path in Cargo.toml");
      return legacy;
    }
    throw new KilnException(
        "can't find library `" + name + "`, rename file to `src/lib.rs` or specify lib.path");
  }

  private List<TargetDraft> list(TargetSection section, boolean hasLib) throws KilnException {
    boolean automatic = !Boolean.FALSE.equals(packageTable.bool(section.autoKey()));
    var drafts = explicit(section);
    // published manifests list all: then no folder has to be looked at
    var inferred =
        automatic || drafts.stream().anyMatch(draft -> draft.path == null)
            ? infer(section)
            : List.<Inferred>of();
    if (automatic) {
      addInferred(section, drafts, inferred);
    }
    // what `cargo publish` wrote stays in its order
    boolean isNormalized =
        !automatic && drafts.stream().allMatch(draft -> draft.name != null && draft.path != null);
    for (var draft : List.copyOf(drafts)) {
      draft.check(edition, warnings, errors);
      try {
        draft.path = draft.path == null ? pathOf(draft, inferred, hasLib) : draft.path;
      } catch (KilnException e) {
        if (section == TargetSection.BIN) {
          throw e;
        }
        // such a target is only missed where something is built (Cargo: "critical" warnings)
        errors.add(String.valueOf(e.getMessage()));
        drafts.remove(draft);
      }
    }
    if (isNormalized) {
      return drafts;
    }
    drafts.sort((a, b) -> a.requireName().compareTo(b.requireName()));
    checkUnique(section, drafts);
    return drafts;
  }

  private static void checkUnique(TargetSection section, List<TargetDraft> drafts)
      throws KilnException {
    var seen = new TreeSet<String>();
    for (var draft : drafts) {
      if (!seen.add(draft.requireName())) {
        throw new KilnException(
            "found duplicate "
                + section.human()
                + " name "
                + draft.requireName()
                + ", but all "
                + section.human()
                + " targets must have a unique name");
      }
    }
  }

  private List<Inferred> infer(TargetSection section) throws KilnException {
    var inferred = new ArrayList<Inferred>();
    if (section == TargetSection.BIN && Files.exists(directory.resolve("src/main.rs"))) {
      inferred.add(new Inferred(packageName, "src/main.rs"));
    }
    var folder = directory.resolve(section.folder());
    if (!Files.isDirectory(folder)) {
      return inferred;
    }
    var names = new TreeSet<String>();
    try (var entries = Files.newDirectoryStream(folder)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (IOException | DirectoryIteratorException e) {
      throw new KilnException("cannot list " + folder, null, e);
    }
    for (var name : names) {
      var found = infer(section, folder, name);
      if (found != null) {
        inferred.add(found);
      }
    }
    return inferred;
  }

  /// A directory must be one itself: a symbolic link to one does not count, as in Cargo.
  private static @Nullable Inferred infer(TargetSection section, Path folder, String name) {
    if (name.startsWith(".")) {
      return null;
    }
    var entry = folder.resolve(name);
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      return Files.exists(entry.resolve("main.rs"))
          ? new Inferred(name, section.folder() + "/" + name + "/main.rs")
          : null;
    }
    return name.endsWith(".rs") && name.length() > 3
        ? new Inferred(name.substring(0, name.length() - 3), section.folder() + "/" + name)
        : null;
  }

  private List<TargetDraft> explicit(TargetSection section) throws KilnException {
    var drafts = new ArrayList<TargetDraft>();
    var listed = root.value(section.key());
    if (listed != null) {
      for (var value : listed.array()) {
        drafts.add(TargetDraft.read(section, value.table("struct TomlTarget")));
      }
    }
    return drafts;
  }

  private void addInferred(TargetSection section, List<TargetDraft> drafts, List<Inferred> inferred)
      throws KilnException {
    var rest = new ArrayList<Inferred>();
    for (var found : inferred) {
      boolean taken =
          drafts.stream()
              .anyMatch(draft ->
                  found.name().equals(draft.name)
                      || (draft.path != null && found.path().equals(normal(draft.path))));
      if (!taken) {
        rest.add(found);
      }
    }
    boolean onlyListed =
        root.has(section.key())
            && packageTable.bool(section.autoKey()) == null
            && edition.equals("2015");
    if (!onlyListed) {
      rest.forEach(found -> drafts.add(TargetDraft.inferred(section, found)));
    } else if (!rest.isEmpty()) {
      warnings.add(notInferred(section, rest));
    }
  }

  private static String normal(String path) {
    return path.startsWith("./") ? path.substring(2) : path;
  }

  private static String notInferred(TargetSection section, List<Inferred> rest) {
    var files = new StringBuilder();
    rest.forEach(found -> files.append("* ").append(found.path()).append('\n'));
    var human = section.human();
    return "An explicit [["
        + section.key()
        + "]] section is specified in Cargo.toml which currently\n"
        + "disables Cargo from automatically inferring other "
        + human
        + " targets.\n"
        + "This inference behavior will change in the Rust 2018 edition and the following\n"
        + "files will be included as a "
        + human
        + " target:\n\n"
        + files
        + "\nThis is likely to break cargo build or cargo test as these files may not be\n"
        + "ready to be compiled as a "
        + human
        + " target today. You can future-proof yourself\n"
        + "and disable this warning by adding `"
        + section.autoKey()
        + " = false` to your [package]\n"
        + "section. You may also move the files to a location where Cargo would not\n"
        + "automatically infer them to be a target, such as in subfolders.\n\n"
        + "For more information on this warning you can consult\n"
        + "https://github.com/rust-lang/cargo/issues/5330";
  }

  private String pathOf(TargetDraft draft, List<Inferred> inferred, boolean hasLib)
      throws KilnException {
    var name = draft.requireName();
    var candidates =
        inferred.stream().filter(found -> found.name().equals(name)).map(Inferred::path).toList();
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    var legacy = edition.equals("2015") ? legacyPath(draft, hasLib) : null;
    if (legacy != null) {
      return legacy;
    }
    if (candidates.size() > 1) {
      throw new KilnException(
          "cannot infer path for `"
              + name
              + "` "
              + draft.section.key()
              + "\nCargo doesn't know which to use because multiple target files found at `"
              + candidates.get(0)
              + "` and `"
              + candidates.get(1)
              + "`.");
    }
    throw new KilnException(
        "can't find `"
            + name
            + "` "
            + draft.section.key()
            + " at `"
            + draft.section.folder()
            + "/"
            + name
            + ".rs` or `"
            + draft.section.folder()
            + "/"
            + name
            + "/main.rs`. Please specify "
            + draft.section.key()
            + ".path if you want to use a non-default path.",
        Nearest.to(name, inferred.stream().map(Inferred::name).toList())
            .map(near -> "a target with a similar name exists: `" + near + "`")
            .orElse(null));
  }

  private @Nullable String legacyPath(TargetDraft draft, boolean hasLib) {
    var name = draft.requireName();
    if (draft.section == TargetSection.BENCH && name.equals("bench")) {
      if (Files.exists(directory.resolve("src/bench.rs"))) {
        warnings.add(
            "path `src/bench.rs` was erroneously implicitly accepted for benchmark `"
                + name
                + "`,\nplease set bench.path in Cargo.toml");
        return "src/bench.rs";
      }
      return null;
    }
    if (draft.section != TargetSection.BIN) {
      return null;
    }
    var places = new ArrayList<String>();
    if (!hasLib) {
      places.add("src/" + name + ".rs");
    }
    places.add("src/main.rs");
    places.add("src/bin/main.rs");
    for (var place : places) {
      if (Files.exists(directory.resolve(place))) {
        warnings.add(
            "path `"
                + place
                + "` was erroneously implicitly accepted for binary `"
                + name
                + "`,\nplease set bin.path in Cargo.toml");
        return place;
      }
    }
    return null;
  }

  private void warnOfSharedFiles(List<Target> targets) {
    var byPath = new java.util.TreeMap<String, List<Target>>();
    for (var target : targets) {
      byPath.computeIfAbsent(target.path(), _ -> new ArrayList<>()).add(target);
    }
    byPath.forEach((path, sharing) -> {
      if (sharing.size() > 1) {
        var lines = new StringBuilder();
        for (var target : sharing) {
          var kind = TargetSection.of(target.kind()).key();
          lines.append("\n  * `").append(kind).append("` target `").append(target.name());
          lines.append('`');
        }
        warnings.add(
            "file `"
                + directory.resolve(path).normalize()
                + "` found to be present in multiple build targets:"
                + lines);
      }
    });
  }

  private @Nullable Target buildScript() throws KilnException {
    var value = packageTable.value("build");
    String path = null;
    if (value == null) {
      path = Files.isRegularFile(directory.resolve("build.rs")) ? "build.rs" : null;
    } else if (value.isBool()) {
      path = value.bool() ? "build.rs" : null;
    } else if (value.isArray()) {
      throw new KilnException("feature `multiple-build-scripts` is required");
    } else {
      path = value.string("a boolean, string or array");
    }
    if (path == null) {
      return null;
    }
    var fileName = path.substring(path.lastIndexOf('/') + 1);
    int dot = fileName.lastIndexOf('.');
    var stem = dot > 0 ? fileName.substring(0, dot) : fileName;
    return new Target(
        TargetKind.BUILD_SCRIPT,
        "build-script-" + stem,
        List.of("bin"),
        TargetDraft.normalPath(path),
        edition,
        new Target.Flags(false, false, false, false, true, false),
        null);
  }
}
