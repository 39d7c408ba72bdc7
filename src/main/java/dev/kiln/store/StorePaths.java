package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.Base32;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.store.ContentAddress.Method;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;

/// Computes store paths of every kind (nix-store.md §2.2; Nix: `store-dir-config.cc`).
public final class StorePaths {
  private static final int DIGEST_SIZE = 20;

  private StorePaths() {}

  /// Returns the path of contents with the given address. References are the object's without
  /// itself; `self` says whether it refers to itself too.
  public static StorePath contentAddressed(
      StoreDir store,
      String name,
      ContentAddress address,
      SortedSet<StorePath> references,
      boolean self)
      throws KilnException {
    if (address.method() == Method.TEXT) {
      if (self) {
        throw new KilnException("the text object '" + name + "' may not refer to itself");
      }
      return of(store, withReferences(store, "text", references, false), address.hash(), name);
    }
    var hash = address.hash();
    if (address.method() == Method.NAR && hash.algorithm() == HashAlgorithm.SHA256) {
      return of(store, withReferences(store, "source", references, self), hash, name);
    }
    if (self || !references.isEmpty()) {
      throw new KilnException(
          "'" + name + "' is addressed by " + address + " and may not refer to store paths");
    }
    var recursive = address.method() == Method.NAR ? "r:" : "";
    var inner = "fixed:out:" + recursive + hash.algorithm().nixName() + ":" + hash.hex() + ":";
    return of(store, "output:out", sha256(inner), name);
  }

  /// Returns the path of a text object, such as a derivation.
  public static StorePath text(
      StoreDir store, String name, byte[] contents, SortedSet<StorePath> references)
      throws KilnException {
    var address = new ContentAddress(Method.TEXT, Digest.sha256(contents));
    return contentAddressed(store, name, address, references, false);
  }

  /// Returns the path of a tree, by its NAR's SHA-256 (modulo itself).
  public static StorePath source(
      StoreDir store, String name, Digest narHash, SortedSet<StorePath> references, boolean self)
      throws KilnException {
    var address = new ContentAddress(Method.NAR, narHash);
    return contentAddressed(store, name, address, references, self);
  }

  /// Returns the path of an input-addressed output, by the hash of its masked derivation.
  public static StorePath output(
      StoreDir store, String derivationName, String output, Digest modulo) throws KilnException {
    return of(store, "output:" + output, modulo, outputName(derivationName, output));
  }

  /// Returns the name of an output's path (Nix: `outputPathName`).
  public static String outputName(String derivationName, String output) {
    return output.equals("out") ? derivationName : derivationName + "-" + output;
  }

  /// Returns the path for a type and an inner SHA-256.
  public static StorePath of(StoreDir store, String type, Digest inner, String name)
      throws KilnException {
    StorePath.checkName(name);
    var fingerprint = type + ":sha256:" + inner.hex() + ":" + store.path() + ":" + name;
    var digest = sha256(fingerprint).fold(DIGEST_SIZE);
    return new StorePath(Base32.encode(digest) + "-" + name);
  }

  private static String withReferences(
      StoreDir store, String type, SortedSet<StorePath> references, boolean self) {
    var text = new StringBuilder(type);
    references.forEach(reference -> text.append(':').append(store.resolve(reference)));
    return self ? text.append(":self").toString() : text.toString();
  }

  private static Digest sha256(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }
}
