/// Names bytes: hashes and their text forms (base16, Nix base32, base64, SRI), and byte strings in
/// Nix's order.
///
/// Takes bytes and texts, gives [dev.kiln.digest.Digest] and back. What is written is always one
/// form; what is read may be any that Nix reads, and nothing else (`NixVectorsTest`: base32.json,
/// hash-compress.json).
@NullMarked
package dev.kiln.digest;

import org.jspecify.annotations.NullMarked;
