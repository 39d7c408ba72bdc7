/// Turns Cargo.toml, config.toml and kiln.toml into packages, profiles and a workspace.
///
/// Takes the path of a Cargo.toml, a working directory, CARGO_HOME and the environment as a map;
/// gives [dev.kiln.manifest.Workspace] with every [dev.kiln.manifest.Package], `TomlProfile`s not
/// yet merged, and [dev.kiln.manifest.CargoConfig]. Reads through `java.nio.file` only, starts
/// nothing.
///
/// - What cargo accepts is read as `cargo metadata --no-deps` says it, what it refuses fails with
///   the same first line: `CargoManifestsTest` compares some 780 manifests and workspaces with the
///   cargo on PATH. It has no case for TOML that only tomlj refuses: integers over 64 bits in
///   unused keys.
/// - Configuration layers and the ladder of flags: `CargoConfigTest`.
/// - Whoever compiles says the warnings of a workspace and calls `requireSound`, since Cargo
///   reports some errors of manifests only then.
@NullMarked
package dev.kiln.manifest;

import org.jspecify.annotations.NullMarked;
