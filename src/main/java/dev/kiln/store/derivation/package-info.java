/// Nix's derivations: their text, their JSON, and the paths of their outputs.
///
/// Takes the bytes of a `.drv` file or a derivation put together by someone else, gives the same
/// bytes back, the hash that names its outputs (nix-store.md §6), and the basic derivation that is
/// left when its inputs are built (§7).
///
/// Invariants: printing what was parsed gives the same bytes, everything else is refused; nothing
/// is hashed twice. Held by `NixVectorsTest` (derivations.json, content-addressed.json),
/// `DerivationTest` and `MutationTest`.
@NullMarked
package dev.kiln.store.derivation;

import org.jspecify.annotations.NullMarked;
