package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.ops.store.DerivationOperation;
import dev.kiln.ops.store.HashOperation;
import dev.kiln.ops.store.HashOperation.Format;
import dev.kiln.store.format.SecretKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// `hash`, `derivation` and `key`.
final class FormatCommands {
  private static final Flag ALGORITHM =
      Flag.valued("--type, --algo, --hash-algo", "ALGORITHM", "md5, sha1, sha256, sha512");
  private static final Flag FORMAT =
      Flag.valued("--to, --format", "FORMAT", "base16, nix32, base64, sri (default)");
  private static final Flag BASE16 = Flag.switched("--base16", "Print base16");
  private static final Flag BASE32 = Flag.switched("--base32", "Print Nix base32");
  private static final Flag BASE64 = Flag.switched("--base64", "Print base64");
  private static final Flag SRI = Flag.switched("--sri", "Print SRI");

  private FormatCommands() {}

  /// Hashes one thing of the file system.
  private interface Hasher {
    Digest hash(Path path, HashAlgorithm algorithm) throws KilnException;
  }

  static NixCommand hashPath() {
    return hash(HashOperation::path);
  }

  static NixCommand hashFile() {
    return hash(HashOperation::file);
  }

  private static NixCommand hash(Hasher hasher) {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.many("<PATH>...", 1), ALGORITHM, FORMAT, BASE16, BASE32, BASE64, SRI),
        call -> {
          var algorithm =
              HashOperation.algorithm(call.arguments().find("--hash-algo").orElse("sha256"));
          var format = format(call);
          for (var path : call.arguments().operands()) {
            call.out().println(format.of(hasher.hash(call.tree(path), algorithm)));
          }
          return 0;
        });
  }

  private static Format format(NixCall call) throws KilnException {
    for (var flag : new String[] {"--base16", "--base32", "--base64", "--sri"}) {
      if (call.has(flag)) {
        return Format.parse(flag.substring(2));
      }
    }
    return Format.parse(call.arguments().find("--format").orElse("sri"));
  }

  static NixCommand hashConvert() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.many("<HASH>...", 1), ALGORITHM, FORMAT, BASE16, BASE32, BASE64, SRI),
        FormatCommands::convert);
  }

  /// Nix 2.8's own verb for each format, such as `to-base16`.
  static NixCommand hashTo(String format) {
    return new NixCommand(
        Syntax.of(Syntax.Operands.many("<HASH>...", 1), ALGORITHM),
        call -> convert(call, Format.parse(format)));
  }

  private static int convert(NixCall call) throws KilnException {
    return convert(call, format(call));
  }

  private static int convert(NixCall call, Format format) throws KilnException {
    var named = call.arguments().find("--hash-algo");
    var algorithm = named.isPresent() ? HashOperation.algorithm(named.get()) : null;
    for (var hash : call.arguments().operands()) {
      call.out().println(HashOperation.convert(hash, algorithm, format));
    }
    return 0;
  }

  static NixCommand showDerivation() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.many("<PATH>...", 1),
            Flag.switched("-r, --recursive", "Show all input derivations too")),
        call -> {
          var store = call.storeForReading();
          var json =
              new DerivationOperation(store).show(call.objects(store), call.has("--recursive"));
          call.out().println(json.pretty());
          return 0;
        });
  }

  static NixCommand addDerivation() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.NONE,
            Flag.valued("-n, --name", "NAME", "What a derivation in ATerm is called"),
            NixCall.PHYSICAL),
        call -> {
          var store = call.store();
          var name = call.arguments().find("--name").orElse("");
          var path = new DerivationOperation(store).add(call.in().readAllBytes(), name);
          store.flush();
          call.out().println(call.shown(store, path));
          return 0;
        });
  }

  static NixCommand generateKey() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.NONE, Flag.valued("--key-name", "NAME", "The key's name: HOST-1")),
        call -> {
          var name = call.arguments().find("--key-name");
          if (name.isEmpty()) {
            throw new UsageError(
                "the following required arguments were not provided: --key-name <NAME>");
          }
          call.out().print(SecretKey.generate(name.get()).secretText());
          return 0;
        });
  }

  static NixCommand publicKey() {
    return new NixCommand(Syntax.of(Syntax.Operands.NONE), FormatCommands::publicKey);
  }

  private static int publicKey(NixCall call) throws KilnException, IOException {
    var text = new String(call.in().readAllBytes(), StandardCharsets.UTF_8).strip();
    call.out().print(SecretKey.parse(text).publicKey());
    return 0;
  }
}
