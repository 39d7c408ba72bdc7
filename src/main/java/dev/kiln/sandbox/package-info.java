/// Runs a build request on this machine in isolation (design D5, D9, D13).
///
/// Takes a [dev.kiln.builder.BuildRequest] and gives a [dev.kiln.builder.BuildOutcome]; the
/// [dev.kiln.sandbox.Rung] says by what means, [dev.kiln.sandbox.Ladder] finds the best one.
///
/// Invariants, each with the test that holds it:
/// - A builder sees its mounts, a minimal /dev, /proc and nothing else; it has no capability and no
///   power over a mount, a sysctl, an input or another run; nothing of it outlives it:
///   `HostileBuilderTest`, on each rung that the machine allows, with a control without isolation.
/// - It finds exactly its argv, environment, directory and open descriptors, in any locale of the
///   JVM: `LocalBuilderTest`, `SandboxLocaleTest`.
/// - A request becomes command lines by pure functions: `BubblewrapTest`, `UnshareTest`.
/// - A sandbox lives as long as its builder needs, on an otherwise idle JVM: `LongBuildTest`.
/// - Where no rung works, one sentence says why and what to do: `DiagnosisTest`.
@NullMarked
package dev.kiln.sandbox;

import org.jspecify.annotations.NullMarked;
