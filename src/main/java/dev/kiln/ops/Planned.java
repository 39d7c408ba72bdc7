package dev.kiln.ops;

import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.RustcFacts;
import dev.kiln.plan.UnitGraph;
import java.nio.file.Path;

/// What planning found: all that building, showing and explaining start from.
///
/// `workspaceRoot` is the directory of the root manifest; `facts` has every kind that a unit of the
/// graph is for.
public record Planned(
    Path workspaceRoot, CompileOptions options, RustcFacts facts, UnitGraph graph) {}
