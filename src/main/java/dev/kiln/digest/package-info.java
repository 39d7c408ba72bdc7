/// Names bytes: hashes and their text forms (base16, Nix base32, base64, SRI).
@NullMarked
package dev.kiln.digest;

import org.jspecify.annotations.NullMarked;
