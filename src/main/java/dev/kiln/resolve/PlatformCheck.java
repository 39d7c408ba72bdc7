package dev.kiln.resolve;

import dev.kiln.manifest.CfgExpr;
import dev.kiln.manifest.Platform;
import dev.kiln.toolchain.TargetInfo;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells which `[target.KEY]` tables count for one platform.
public final class PlatformCheck {
  private final String triple;
  private final Set<CfgExpr.Cfg> cfgs;

  public PlatformCheck(TargetInfo info) {
    this.triple = info.triple();
    this.cfgs = Set.copyOf(info.cfgs());
  }

  /// Says whether a table counts; no platform means every one.
  public boolean matches(@Nullable Platform platform) {
    return platform == null || platform.matches(triple, cfgs);
  }
}
