/// Brings fixed-output sources into the store and checks them.
///
/// Takes the packages that a lock file names with their checksums, and Cargo's configuration of
/// sources and network; gives one store object per package. Nothing else knows where a package is
/// had from: identities stay those of the lock file.
///
/// Invariants, and the tests that hold them:
/// - nothing is unpacked before its hash was checked, and nothing half downloaded is ever used:
///   `FetcherTest`, `SparseRegistryTest`;
/// - a second run with the same lock asks no server and reads no archive: `FetcherTest`;
/// - source replacement follows Cargo's rules and errors: `SourceMapTest`;
/// - vendored packages are what their checksums say: `VendoredPackagesTest`.
@NullMarked
package dev.kiln.fetch;

import org.jspecify.annotations.NullMarked;
