/// The store's verbs, with Nix's meaning (cli.md, "Store"): one class per thing a user asks for.
///
/// Takes settings and arguments as the user wrote them, gives values or writes to streams that it
/// is handed. Held by `StoreVerbsTest`, `RealiseTest` and `NixStoreIT`.
@NullMarked
package dev.kiln.ops.store;

import org.jspecify.annotations.NullMarked;
