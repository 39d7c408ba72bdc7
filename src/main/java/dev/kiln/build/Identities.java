package dev.kiln.build;

import dev.kiln.digest.Digest;
import dev.kiln.manifest.Package;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitGraph;
import dev.kiln.plan.UnitLto;
import dev.kiln.plan.UnitProfile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The identity of each unit: what `-C metadata` and `-C extra-filename` come from (design D1).
///
/// | in it | not in it, and why |
/// |---|---|
/// | package id (a path package's place relative to the workspace), target kind and name, crate types | contents of sources: a symbol's name must not change with every edit |
/// | features, profile, platform, mode, link-time optimisation, lints capped or not | absolute paths: two checkouts share |
/// | RUSTFLAGS, `rustc -vV` | |
/// | the identities of dependencies: without them two variants of one package collide | |
public final class Identities {
  private final List<String> metadata;
  private final List<String> extra;

  private Identities(List<String> metadata, List<String> extra) {
    this.metadata = List.copyOf(metadata);
    this.extra = List.copyOf(extra);
  }

  /// Computes the identities of a graph's units for a compiler's `-vV` text.
  public static Identities of(UnitGraph graph, Layout layout, String rustcVerbose) {
    int size = graph.units().size();
    var bases = new ArrayList<String>(Collections.nCopies(size, ""));
    var metadata = new ArrayList<String>(size);
    var extra = new ArrayList<String>(size);
    for (int i = 0; i < size; i++) {
      base(graph, layout, rustcVerbose, bases, i);
    }
    for (var base : bases) {
      metadata.add(hash("metadata\n" + base));
      extra.add(hash("extra-filename\n" + base));
    }
    return new Identities(metadata, extra);
  }

  /// Returns the 16 hexadecimal digits of `-C metadata`.
  public String metadata(int unit) {
    return metadata.get(unit);
  }

  /// Returns the 16 hexadecimal digits of `-C extra-filename` and of script directories.
  public String extra(int unit) {
    return extra.get(unit);
  }

  private static String base(
      UnitGraph graph, Layout layout, String rustc, List<String> bases, int index) {
    if (!bases.get(index).isEmpty()) {
      return bases.get(index);
    }
    var unit = graph.unit(index);
    var text = new StringBuilder();
    text.append(place(unit.pkg(), layout)).append('\n');
    text.append(unit.target().kind()).append(' ').append(unit.target().name()).append(' ');
    text.append(unit.target().crateTypes()).append('\n');
    text.append(unit.features()).append('\n');
    profile(text, unit.profile());
    text.append(kind(unit.kind(), layout)).append(' ').append(unit.mode()).append('\n');
    text.append(lto(unit.flags().lto())).append('\n');
    text.append(unit.flags().rustflags()).append(unit.flags().rustdocflags()).append('\n');
    text.append(rustc).append('\n');
    for (var dep : unit.dependencies()) {
      if (!isRuntimeOnly(graph, unit, graph.unit(dep.unit()))) {
        text.append(dep.externCrateName()).append(' ');
        text.append(base(graph, layout, rustc, bases, dep.unit())).append('\n');
      }
    }
    bases.set(index, hash(text.toString()));
    return bases.get(index);
  }

  private static String lto(UnitLto lto) {
    return lto.getClass().getSimpleName() + (lto instanceof UnitLto.Run run ? run.word() : "");
  }

  private static void profile(StringBuilder text, UnitProfile profile) {
    text.append(profile.name()).append(' ').append(profile.root()).append(' ');
    text.append(profile.optLevel()).append(' ').append(profile.lto().word()).append(' ');
    text.append(profile.codegenUnits()).append(' ').append(profile.debuginfo().word()).append(' ');
    text.append(profile.debuginfo().deferred()).append(' ');
    text.append(profile.splitDebuginfo()).append(' ').append(profile.debugAssertions()).append(' ');
    text.append(profile.overflowChecks()).append(' ').append(profile.rpath()).append(' ');
    text.append(profile.incremental()).append(' ').append(profile.panic()).append(' ');
    text.append(profile.strip().word()).append(' ').append(profile.strip().deferred()).append('\n');
  }

  /// Returns a kind without the user's own path of a custom target's file.
  private static CompileKind kind(CompileKind kind, Layout layout) {
    return kind.isHost() ? kind : CompileKind.target(layout.target(kind));
  }

  /// Says whether the edge is the one from an integration test to a program of its package, which
  /// is no input of the compilation and may close a cycle in words, never in fact.
  static boolean isRuntimeOnly(UnitGraph graph, Unit unit, Unit dependency) {
    return unit.mode().isRustcTest() && dependency.target().isBin();
  }

  private static String place(Package pkg, Layout layout) {
    return pkg.isLocal()
        ? "path+"
            + layout.workspaceRoot().relativize(pkg.directory())
            + "#"
            + pkg.name()
            + "@"
            + pkg.version()
        : pkg.id().toSpec() + pkg.id().source();
  }

  private static String hash(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
  }
}
