/// Runs one child process and returns what happened; the only user of zt-exec.
///
/// Takes a [dev.kiln.process.Command] (argv, the whole environment, working directory, bytes for
/// standard input, listeners for lines) and gives an [dev.kiln.process.Exit]. One program of the
/// system's needs none of this: [dev.kiln.process.FileSystemFlush] runs `sync`.
///
/// Invariants, each with the test that holds it:
/// - Every child is started by one platform thread that lives as long as the JVM, since
///   `PR_SET_PDEATHSIG` (bubblewrap's `--die-with-parent`) fires when the *thread* that forked ends
///   (design D9): `CommandTest.everyChildIsStartedByOneThreadThatStays`.
/// - An interrupt of the caller, and the end of the JVM, end the whole tree of processes before the
///   caller goes on: `CommandTest.anInterruptEndsTheWholeTree`.
/// - The environment is complete, nothing is inherited: `CommandTest.inheritsNoEnvironment`.
/// - Lines are delivered as they come, as bytes, and no amount of output blocks the child:
///   `CommandTest.deliversLinesWhileTheProgramRuns`, `CommandTest.bearsAFlood`.
/// - Argv, environment and directory arrive byte for byte in any locale of the JVM:
///   `PlainLocaleTest.nothingIsLostUnderLcAllC`.
@NullMarked
package dev.kiln.process;

import org.jspecify.annotations.NullMarked;
