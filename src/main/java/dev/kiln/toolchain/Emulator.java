package dev.kiln.toolchain;

import dev.kiln.KilnException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds what runs programs for another processor: qemu's user mode, by the names that
/// distributions give it, with the target's C library where a program needs its dynamic linker.
public final class Emulator {
  /// rustc's words for processors that qemu has other words for, little-endian ones apart.
  private static final Map<String, String> QEMU =
      Map.of("x86", "i386", "powerpc", "ppc", "powerpc64", "ppc64");

  private final Path directory;
  private final String searchPath;
  private final Path sysroot;

  /// Looks in a PATH whose relative entries start at `directory`; `sysroot` is the root directory
  /// of what programs were built with.
  public Emulator(Path directory, String searchPath, Path sysroot) {
    this.directory = directory;
    this.searchPath = searchPath;
    this.sysroot = sysroot;
  }

  /// Says whether this machine starts a target's programs as they are.
  public static boolean runsItself(TargetInfo host, TargetInfo target) {
    var own = value(host, "target_arch");
    var other = value(target, "target_arch");
    boolean processor = own.equals(other) || (own.equals("x86_64") && other.equals("x86"));
    return processor && value(host, "target_os").equals(value(target, "target_os"));
  }

  /// Returns the words that stand before a program's path; `interpreter` is its dynamic linker,
  /// null for a static program, empty where only that there is one is known.
  public List<String> find(TargetInfo target, @Nullable String interpreter) throws KilnException {
    var qemu = value(target, "target_os").equals("linux") ? qemu(target) : Optional.<Path>empty();
    if (qemu.isEmpty()) {
      throw new KilnException(
          "this machine cannot run programs for " + target.triple() + missing(target),
          "name a program that can as `target."
              + target.triple()
              + ".runner` in .cargo/config.toml"
              + (value(target, "target_os").equals("linux")
                  ? ", or install qemu's user mode (on Debian `apt-get install qemu-user-static`)"
                  : ""));
    }
    var command = new ArrayList<>(List.of(qemu.get().toString()));
    if (interpreter != null) {
      library(target, interpreter)
          .ifPresent(root -> command.addAll(List.of("-L", root.toString())));
    }
    return command;
  }

  private static String missing(TargetInfo target) {
    return value(target, "target_os").equals("linux")
        ? ": there is no `qemu-" + processor(target) + "` on PATH"
        : "";
  }

  private Optional<Path> qemu(TargetInfo target) {
    var name = "qemu-" + processor(target);
    return Programs.find(directory, searchPath, name + "-static")
        .or(() -> Programs.find(directory, searchPath, name));
  }

  private static String processor(TargetInfo target) {
    var arch = value(target, "target_arch");
    var name = QEMU.getOrDefault(arch, arch);
    boolean little = value(target, "target_endian").equals("little");
    return switch (arch) {
      case "powerpc64" -> little ? "ppc64le" : name;
      case "mips", "mips64" -> little ? name + "el" : name;
      case "arm" -> little ? name : "armeb";
      case "aarch64" -> little ? name : "aarch64_be";
      default -> name;
    };
  }

  /// Returns the directory in which a target's C library lies as if at the root: all of a sysroot
  /// that has the target's own packages, native libraries among them, else what cross compilers
  /// come with.
  private Optional<Path> library(TargetInfo target, String interpreter) {
    boolean isWhole =
        sysroot.getNameCount() > 0
            && interpreter.startsWith("/")
            && Files.exists(sysroot.resolve(interpreter.substring(1)));
    if (isWhole) {
      return Optional.of(sysroot);
    }
    var usr = sysroot.resolve("usr");
    var prefixes =
        GnuName.of(target.machine())
            .map(GnuName::prefixes)
            .orElse(
                List.of(value(target, "target_arch") + "-linux-" + value(target, "target_env")));
    return prefixes.stream()
        .map(usr::resolve)
        .filter(path -> Files.isDirectory(path.resolve("lib")))
        .findFirst();
  }

  private static String value(TargetInfo info, String cfg) {
    return info.cfgs().stream()
        .filter(c -> c.name().equals(cfg) && c.value() != null)
        .map(c -> String.valueOf(c.value()))
        .findFirst()
        .orElse("");
  }
}
