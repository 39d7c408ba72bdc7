package dev.kiln.build;

import dev.kiln.KilnException;
import dev.kiln.manifest.Target;
import dev.kiln.plan.Unit;
import dev.kiln.toolchain.TargetInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The files that a unit's rustc writes (Cargo: `TargetInfo::rustc_outputs`,
/// build_runner/compilation_files.rs).
///
/// `path` is the name in rustc's output directory, `uplifted` the name that people look for. Only a
/// linkable file, or the metadata, is given to dependents.
public record UnitFiles(List<UnitFile> files) {

  /// One file.
  public record UnitFile(Flavor flavor, String crateType, String path, String uplifted) {}

  /// What a file is for.
  public enum Flavor {
    METADATA,
    LINKABLE,
    OTHER
  }

  public UnitFiles {
    files = List.copyOf(files);
  }

  /// Returns the metadata's file, or null where the unit writes none.
  public @Nullable UnitFile metadata() {
    return files.stream().filter(f -> f.flavor() == Flavor.METADATA).findFirst().orElse(null);
  }

  /// Returns what dependents link.
  public List<UnitFile> linkable() {
    return files.stream().filter(f -> f.flavor() == Flavor.LINKABLE).toList();
  }

  /// Returns the extra filename of a unit: absent for the shared libraries of path packages
  /// (Cargo's legacy layout, so that they are found at run time by their plain name).
  public static @Nullable String extraFilename(Unit unit, String identity) {
    boolean shared =
        unit.target().crateTypes().stream()
            .anyMatch(type -> type.equals("dylib") || type.equals("cdylib"));
    boolean plain =
        shared
            && unit.target().isLib()
            && unit.isLocal()
            && !unit.mode().isRustcTest()
            && !unit.mode().isCheck();
    return plain ? null : "-" + identity;
  }

  /// Returns the files of a unit that rustc compiles.
  ///
  /// Throws where its target cannot have any of the crate types asked for.
  public static UnitFiles of(Unit unit, String identity, TargetInfo info) throws KilnException {
    var target = unit.target();
    var crate = target.crateName();
    var extraOrNull = extraFilename(unit, identity);
    var extra = extraOrNull == null ? "" : extraOrNull;
    var files = new ArrayList<UnitFile>();
    if (unit.mode().isCheck()) {
      files.add(metadataFile(crate, extra));
      return new UnitFiles(files);
    }
    if (unit.mode().isRustcTest()) {
      files.add(linked(info, "bin", target, crate, extra, Flavor.OTHER));
      return new UnitFiles(files);
    }
    var unsupported = new ArrayList<String>();
    for (var type : target.crateTypes()) {
      if (info.pattern(patternOf(type)) == null) {
        unsupported.add(type);
      } else {
        files.add(linked(info, type, target, crate, extra, flavor(type)));
      }
    }
    if (files.isEmpty()) {
      throw new KilnException(
          "cannot produce %s for `%s` as the target `%s` does not support these crate types"
              .formatted(
                  String.join(", ", unsupported), unit.pkg().id().described(), info.triple()));
    }
    if (isPipelined(target)) {
      files.add(metadataFile(crate, extra));
    }
    return new UnitFiles(files);
  }

  /// Says whether rustc writes the metadata on its own before it generates code: only where every
  /// crate type is lib or rlib (Cargo: `requires_upstream_objects`).
  static boolean isPipelined(Target target) {
    return target.isLib()
        && target.crateTypes().stream().allMatch(type -> type.equals("lib") || type.equals("rlib"));
  }

  private static UnitFile metadataFile(String crate, String extra) {
    return new UnitFile(
        Flavor.METADATA, "rmeta", "lib" + crate + extra + ".rmeta", "lib" + crate + ".rmeta");
  }

  private static UnitFile linked(
      TargetInfo info, String type, Target target, String crate, String extra, Flavor flavor)
      throws KilnException {
    var pattern = info.pattern(patternOf(type));
    if (pattern == null) {
      throw new KilnException("target `" + info.triple() + "` has no crate type `" + type + "`");
    }
    // programs keep their hyphens where people look for them
    var plain = target.isLib() || target.isExampleLib() ? crate : target.name();
    return new UnitFile(flavor, type, pattern.name(crate, extra), pattern.name(plain, ""));
  }

  private static String patternOf(String crateType) {
    return crateType.equals("lib") ? "rlib" : crateType;
  }

  private static Flavor flavor(String crateType) {
    return switch (crateType) {
      case "lib", "rlib", "dylib", "proc-macro" -> Flavor.LINKABLE;
      default -> Flavor.OTHER;
    };
  }
}
