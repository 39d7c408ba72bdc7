/// Keeps immutable trees by name under one root and remembers what they are.
///
/// Takes trees, texts, and what building a derivation gave; gives objects at
/// `ROOT/store/HASH-NAME`, and records of what is valid. Invariants, and the tests that hold them:
///
/// - a path is valid only when its record is there, recorded only when its tree is whole and on
///   disk, and its tree never changes afterwards (`StoreTest`, `StoreCrashTest`);
/// - a record's references are valid (`StoreTest`);
/// - what any living process protects is not collected (`NixVectorsTest`, gc.json);
/// - an object's bytes, modes and times are those that Nix would give it (`StoreTest`,
///   `NixStoreIT`).
@NullMarked
package dev.kiln.store;

import org.jspecify.annotations.NullMarked;
