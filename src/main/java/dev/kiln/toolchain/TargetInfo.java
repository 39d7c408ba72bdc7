package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.manifest.CfgExpr;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What rustc says of one target with given flags (cargo-build.md §6.5).
///
/// `triple` is the target's name (a custom one's JSON stem), `machine` the one that other tools
/// know it by: the same, of a custom target its `llvm-target`. `cfgs` are in rustc's order.
/// `fileNames` maps each *supported* crate type to `prefix___suffix` (`lib___.rlib`); an
/// unsupported type is absent. `splitDebuginfo` lists the supported values.
public record TargetInfo(
    String triple,
    String machine,
    List<CfgExpr.Cfg> cfgs,
    SortedMap<String, FilePattern> fileNames,
    List<String> splitDebuginfo) {

  /// Prefix and suffix of an output's file name.
  public record FilePattern(String prefix, String suffix) {
    /// Returns the file name of a crate with an extra filename (`-hash`, or empty).
    public String name(String crateName, String extra) {
      return prefix + crateName + extra + suffix;
    }
  }

  public TargetInfo {
    cfgs = List.copyOf(cfgs);
    fileNames = Collections.unmodifiableSortedMap(new TreeMap<>(fileNames));
    splitDebuginfo = List.copyOf(splitDebuginfo);
  }

  /// Returns what the name of a Linux target alone tells of it, where no compiler can be asked:
  /// processor and system.
  public static TargetInfo named(String triple) {
    return named(triple, triple);
  }

  /// Returns the same of a custom target, whose machine's name tells it.
  public static TargetInfo named(String triple, String machine) {
    var parts = machine.split("-", -1);
    var arch = parts[0];
    var processor =
        arch.matches("i[3-6]86")
            ? "x86"
            : arch.startsWith("riscv64")
                ? "riscv64"
                : arch.startsWith("arm") || arch.startsWith("thumb") ? "arm" : arch;
    return new TargetInfo(
        triple,
        machine,
        List.of(
            new CfgExpr.Cfg("target_arch", processor),
            new CfgExpr.Cfg("target_endian", arch.matches("s390x|powerpc(64)?") ? "big" : "little"),
            new CfgExpr.Cfg("target_os", parts.length > 2 ? parts[2] : "linux")),
        new TreeMap<>(),
        List.of());
  }

  /// Returns what a custom target's file calls its machine, `otherwise` where it says nothing.
  public static String machine(String specification, String otherwise) throws KilnException {
    var named = Json.parse(specification).find("llvm-target");
    return named.isPresent() ? named.get().asString() : otherwise;
  }

  /// Returns the pattern of a crate type, or null where the target does not support it.
  public @Nullable FilePattern pattern(String crateType) {
    return fileNames.get(crateType);
  }
}
