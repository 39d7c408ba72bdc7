package dev.kiln.ops;

import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.plan.CompileKind;
import dev.kiln.toolchain.debian.DebianToolchain;
import dev.kiln.toolchain.debian.LockedPackage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Says behind the failure of a unit that lacks a native library or a header where to put it: build
/// scripts, pkg-config, C compilers and linkers know what is missing, but not what is built with.
final class LibraryHints implements EventSink {
  private static final List<Pattern> MISSING =
      List.of(
          Pattern.compile("The system library `([^`]+)` required by crate"),
          Pattern.compile("Package '?([^' ]+?)'?,? (?:was not found|required by .* not found)"),
          Pattern.compile("Could not find (\\S+) via pkg-config"),
          Pattern.compile("cannot find -l:?([^\\s:]+)"),
          Pattern.compile("unable to find library -l(\\S+)"),
          Pattern.compile("fatal error: '?([^\\s']+\\.h)'?:? (?:No such file|file not found)"));

  private final EventSink next;
  private final Planned planned;
  private final Map<Integer, String> said = new ConcurrentHashMap<>();

  LibraryHints(Planned planned, EventSink next) {
    this.planned = planned;
    this.next = next;
  }

  @Override
  public void accept(BuildEvent event) {
    switch (event) {
      case BuildEvent.Diagnostic diagnostic -> {
        missing(diagnostic.rendered())
            .ifPresent(library -> said.put(diagnostic.unit().index(), library));
        next.accept(event);
      }
      case BuildEvent.UnitFailed(var label, var text) -> {
        var library = missing(text).orElse(said.get(label.index()));
        next.accept(
            library == null
                ? event
                : new BuildEvent.UnitFailed(
                    label, text + "\n\nhint: " + hint(label.index(), library)));
      }
      default -> next.accept(event);
    }
  }

  private String hint(int index, String library) {
    var unit = planned.graph().unit(index);
    var sysroot = planned.context().toolchain().sysroot();
    var info = planned.facts().of(unit.kind()).info();
    return hint(
        unit.pkg().name(),
        library,
        unit.kind().equals(CompileKind.HOST) ? planned.facts().rustc().host() : info.machine(),
        sysroot == null ? null : sysroot.toolchain());
  }

  /// Returns the library or the header that a text says is missing.
  static Optional<String> missing(String text) {
    return MISSING.stream()
        .map(pattern -> pattern.matcher(text))
        .filter(matcher -> matcher.find())
        .map(matcher -> matcher.group(1))
        .findFirst();
  }

  /// Returns where to put what a crate lacks; a null sysroot is the machine's own.
  static String hint(
      String crate, String library, String target, @Nullable DebianToolchain sysroot) {
    if (sysroot == null) {
      return "`"
          + library
          + "` is missing for "
          + target
          + ": install it (on Debian a package `lib…-dev`), or build with `--toolchain debian-12`";
    }
    if (!sysroot.hasLibraries(target)) {
      return sysroot.name()
          + " has no libraries for "
          + target
          + ", so no `"
          + library
          + "`: have the crate build its own, often by a feature `vendored`, `bundled` or `static`"
          + " (`features` below `[override."
          + crate
          + "]` in kiln.toml)";
    }
    return "`"
        + library
        + "` is not in the sysroot: write `"
        + crate
        + " = [\""
        + suggestion(crate, library, sysroot)
        + "\"]` below `[native]` in kiln.toml, with the package of "
        + sysroot.name()
        + " that has it";
  }

  private static String suggestion(String crate, String library, DebianToolchain sysroot) {
    var table = sysroot.natives(crate);
    if (table.isPresent()) {
      return String.join("\", \"", table.get());
    }
    var name = library.substring(library.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    var core = name.replaceFirst("^lib", "").replaceFirst("\\.h$|[-.]?[0-9.]+$", "");
    var names =
        sysroot.lock().packages().stream()
            .filter(pkg -> pkg.architecture().equals(sysroot.host()))
            .map(LockedPackage::name)
            .filter(pkg -> pkg.endsWith("-dev") && pkg.contains(core))
            .sorted((a, b) -> Integer.compare(a.length(), b.length()))
            .toList();
    return names.isEmpty() ? "lib" + core + "-dev" : names.getFirst();
  }
}
