package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.PathInfo;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePaths;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Whose word counts: public keys by name (nix-store.md §15.5).
public final class Trust {
  private final Map<String, PublicKey> keys = new HashMap<>();

  public Trust(List<PublicKey> keys) {
    keys.forEach(key -> this.keys.put(key.name(), key));
  }

  /// Reads keys separated by white space, as `trusted-public-keys` has them.
  public static Trust parse(String keys) throws KilnException {
    var parsed = new ArrayList<PublicKey>();
    for (var key : keys.strip().split("\\s+", -1)) {
      if (!key.isEmpty()) {
        parsed.add(PublicKey.parse(key));
      }
    }
    return new Trust(parsed);
  }

  /// Returns the bytes that are signed for a path.
  public static byte[] fingerprint(StoreDir store, PathInfo info) {
    var references =
        info.references().stream().map(store::resolve).collect(Collectors.joining(","));
    var text =
        "1;%s;%s;%d;%s"
            .formatted(
                store.resolve(info.path()),
                info.narHash().prefixedNix32(),
                info.narSize(),
                references);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Answers whether a path may come from outside: it is its own proof, or a trusted key signed it.
  public boolean accepts(StoreDir store, PathInfo info) {
    return isContentAddressed(store, info) || isSigned(store, info);
  }

  /// Refuses a path that may not come from outside.
  public void check(StoreDir store, PathInfo info) throws KilnException {
    if (!accepts(store, info)) {
      throw new KilnException(
          "cannot add path '%s' because it lacks a signature by a trusted key"
              .formatted(store.resolve(info.path())),
          "name the key with --trusted-public-keys, or give --no-check-sigs");
    }
  }

  private boolean isSigned(StoreDir store, PathInfo info) {
    var fingerprint = fingerprint(store, info);
    return info.signatures().stream().anyMatch(text -> isTrusted(text, fingerprint));
  }

  private boolean isTrusted(String text, byte[] fingerprint) {
    try {
      var signature = Signature.parse(text);
      var key = keys.get(signature.keyName());
      return key != null && key.verifies(signature, fingerprint);
    } catch (KilnException e) {
      return false; // what is no signature signs nothing
    }
  }

  /// Answers whether a path follows from its content address and its references. That the contents
  /// have this address is for whoever reads them to check.
  public static boolean isContentAddressed(StoreDir store, PathInfo info) {
    var ca = info.ca();
    if (ca == null) {
      return false;
    }
    try {
      var others = new TreeSet<>(info.references());
      var self = others.remove(info.path());
      var address = ContentAddress.parse(ca);
      return StorePaths.contentAddressed(store, info.path().name(), address, others, self)
          .equals(info.path());
    } catch (KilnException e) {
      return false;
    }
  }
}
