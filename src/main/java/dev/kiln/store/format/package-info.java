/// The byte formats in which store objects and facts about them travel, as Nix has them: reference
/// scanning and rewriting of hashes, narinfo and signatures, export streams, registration texts,
/// realisations, listings.
///
/// Takes streams, texts and [dev.kiln.store.PathInfo], gives the same; keeps nothing and reads no
/// store. Everything from outside is refused with a [dev.kiln.KilnException] unless it is exactly
/// what current Nix accepts. Held by `NixVectorsTest` (references.json, content-addressed.json,
/// binary-cache.json, export.json, database.json), `FormatsTest` and `MutationTest`.
@NullMarked
package dev.kiln.store.format;

import org.jspecify.annotations.NullMarked;
