package dev.kiln.plan;

import dev.kiln.manifest.CrateOverride;
import dev.kiln.manifest.Package;
import dev.kiln.toolchain.RustcVersion;
import dev.kiln.toolchain.TargetInfo;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a plan must know of rustc and of the configuration, for each platform it can touch (Cargo:
/// `RustcTargetData`).
///
/// `requested` are the kinds asked for by `--target` or `build.target`, [CompileKind#HOST] alone
/// where there is none. `kinds` has an entry for each of them and for [CompileKind#HOST].
public record RustcFacts(
    RustcVersion rustc, List<CompileKind> requested, SortedMap<CompileKind, KindFacts> kinds) {

  /// One platform: what rustc says of it with its RUSTFLAGS, the flags that rustc and rustdoc get
  /// (empty for host units when a target was asked for), overridden build scripts by `links`, and
  /// what kiln.toml says of crates on this platform, which counts before those.
  public record KindFacts(
      TargetInfo info,
      List<String> rustflags,
      List<String> rustdocflags,
      SortedMap<String, ScriptOverride> overrides,
      List<CrateOverride> crates) {
    public KindFacts {
      rustflags = List.copyOf(rustflags);
      rustdocflags = List.copyOf(rustdocflags);
      overrides = Collections.unmodifiableSortedMap(new TreeMap<>(overrides));
      crates = List.copyOf(crates);
    }

    /// Returns what stands for the run of a package's build script; null where it is run.
    public @Nullable ScriptOverride script(Package pkg) {
      for (var crate : crates) {
        var lines = crate.script();
        if (lines != null && crate.concerns(pkg.id())) {
          return new ScriptOverride(lines);
        }
      }
      return pkg.links() == null ? null : overrides.get(pkg.links());
    }
  }

  public RustcFacts {
    requested = List.copyOf(requested);
    kinds = Collections.unmodifiableSortedMap(new TreeMap<>(kinds));
  }

  /// Returns the facts of a kind that is part of the plan.
  public KindFacts of(CompileKind kind) {
    var facts = kinds.get(kind);
    if (facts == null) {
      throw new IllegalStateException("no facts of " + kind);
    }
    return facts;
  }
}
