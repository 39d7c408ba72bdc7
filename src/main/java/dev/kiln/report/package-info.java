/// Turns events and records into what people and programs read.
///
/// Takes [dev.kiln.event.BuildEvent]s, unit graphs and results of units, and gives lines for a
/// terminal, Cargo's machine messages, its unit graph, and the report file. Writes no file.
///
/// Invariants, each with the test that holds it:
/// - Each package has one line, warnings of others are hidden, the same text is shown once:
///   `TerminalReporterTest`.
/// - Standard output carries machine messages and nothing else:
///   `TerminalReporterTest.machineMessagesGoToStandardOutputAlone`.
/// - Machine messages are Cargo's key by key: `MessagesTest`.
@NullMarked
package dev.kiln.report;

import org.jspecify.annotations.NullMarked;
