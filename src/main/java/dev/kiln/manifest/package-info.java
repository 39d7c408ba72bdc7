/// Turns Cargo.toml, config.toml and kiln.toml into packages, profiles and a workspace.
@NullMarked
package dev.kiln.manifest;

import org.jspecify.annotations.NullMarked;
