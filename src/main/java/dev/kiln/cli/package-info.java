/// Parses arguments, picks a reporter, maps failures to exit codes.
///
/// Takes the words of a command line and the [dev.kiln.cli.World] (directory, environment, clock,
/// streams, terminal) and gives an exit code. Only this room sees the real world and picocli.
///
/// Invariants, each with the test that holds it:
/// - Wrong command lines get Cargo's words and exit codes: `KilnTest.saysWhatIsWrongInCargosWords`.
/// - What is not there yet is refused by name, never ignored:
///   `KilnTest.refusesByNameWhatIsForLater`.
/// - Flags mean what they mean to Cargo: `CompileFlagsTest`.
/// - Aliases are expanded as Cargo does, and never hide a command:
///   `KilnTest.aliasesOfTheConfigurationStandForArguments`.
/// - A store keeps the logical directory that it was made with:
///   `KilnTest.theStoreKeepsItsLogicalDirectory`.
@NullMarked
package dev.kiln.cli;

import org.jspecify.annotations.NullMarked;
