package dev.kiln.ops;

import dev.kiln.plan.UnitProfile;

/// The profile in a build's last line, as Cargo words it: `` `dev` profile [unoptimized +
/// debuginfo] ``, of the base profile, not of overrides.
final class FinishedProfile {
  private FinishedProfile() {}

  static String describe(Planned planned) {
    var profile =
        planned.graph().roots().stream()
            .map(root -> planned.graph().unit(root).profile())
            .findFirst();
    return profile.map(FinishedProfile::describe).orElse("");
  }

  private static String describe(UnitProfile profile) {
    var optimised = profile.optLevel().equals("0") ? "unoptimized" : "optimized";
    var debug = profile.debuginfo().isNone() ? "" : " + debuginfo";
    return "`" + profile.name() + "` profile [" + optimised + debug + "]";
  }
}
