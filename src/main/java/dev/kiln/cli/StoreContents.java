package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.archive.FileNames;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.ops.store.AddOperation;
import dev.kiln.ops.store.HashOperation;
import dev.kiln.ops.store.ObjectArgument;
import dev.kiln.ops.store.SignOperation;
import dev.kiln.process.RawText;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The store's commands that bring contents in and out.
final class StoreContents {
  private StoreContents() {}

  static NixCommand add() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.many("<PATH>...", 1),
            Flag.valued("-n, --name", "NAME", "The object's name, else the file's"),
            Flag.valued("--mode", "MODE", "What is hashed: nar (default), flat, text"),
            Flag.valued("--hash-algo", "ALGORITHM", "sha256 (default), sha512, sha1, md5"),
            NixCall.PHYSICAL),
        StoreContents::add);
  }

  private static int add(NixCall call) throws KilnException, UsageError {
    var mode = call.arguments().find("--mode").orElse("nar");
    var method =
        switch (mode) {
          case "nar" -> Method.NAR;
          case "flat" -> Method.FLAT;
          case "text" -> Method.TEXT;
          default ->
              throw new UsageError(
                  "invalid value '%s' for '--mode <MODE>'".formatted(mode),
                  "possible values: nar, flat, text");
        };
    var algorithm = HashOperation.algorithm(call.arguments().find("--hash-algo").orElse("sha256"));
    if (method == Method.TEXT && algorithm != HashAlgorithm.SHA256) {
      throw new UsageError("'--mode text' hashes by sha256 only");
    }
    var name = call.arguments().find("--name");
    var operands = call.arguments().operands();
    if (name.isPresent() && operands.size() > 1) {
      throw new UsageError("'--name' can name one path only");
    }
    var store = call.store();
    var operation = new AddOperation(store);
    var added = new ArrayList<StorePath>();
    try {
      for (var operand : operands) {
        var called = name.isPresent() ? name.get() : name(call.path(operand));
        added.add(operation.add(called, call.tree(operand), method, algorithm));
      }
    } finally {
      operation.finish();
      call.print(store, added); // also those before one that failed
    }
    return 0;
  }

  private static String name(Path tree) throws KilnException {
    if (tree.getFileName() == null) {
      throw new KilnException(
          "'" + tree + "' has no name that its object could have", "give one with --name NAME");
    }
    return RawText.of(FileNames.name(tree).bytes());
  }

  static NixCommand dump() {
    return new NixCommand(Syntax.of(Syntax.Operands.exactly("<PATH>", 1)), StoreContents::dump);
  }

  /// Any path of the machine has a NAR; a logical one is looked up.
  private static int dump(NixCall call) throws KilnException, UsageError, IOException {
    var text = call.arguments().operands().getFirst();
    if (!text.startsWith("/") || !isLogical(call, text)) {
      var tree = call.tree(text);
      StandardOutput.writing(() -> NarWriter.dump(tree, call.bytes()));
      return 0;
    }
    var store = call.storeForReading();
    var object = call.object(store, text);
    store.requireInfo(object.path());
    var tree = object.physical(store);
    StandardOutput.writing(() -> NarWriter.dump(tree, call.bytes()));
    return 0;
  }

  private static boolean isLogical(NixCall call, String text) throws KilnException {
    var logical = call.invocation().settings().places().storeDir().path() + "/";
    return ObjectArgument.canonical(text).startsWith(logical);
  }

  static NixCommand restore() {
    return new NixCommand(
        Syntax.of(Syntax.Operands.exactly("<PATH>", 1)),
        call -> {
          var place = call.path(call.arguments().operands().getFirst());
          NarReader.restore(new BufferedInputStream(call.in(), 1 << 17), place);
          return 0;
        });
  }

  static NixCommand sign() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.many("<PATH>...", 0),
            NixCall.ALL,
            Flag.valued("-k, --key-file", "FILE", "The secret key's file"),
            Flag.switched("-r, --recursive", "Sign the closure of the paths")),
        StoreContents::sign);
  }

  private static int sign(NixCall call) throws KilnException, UsageError {
    var file = call.arguments().find("--key-file");
    if (file.isEmpty()) {
      throw new UsageError("the following required arguments were not provided: --key-file <FILE>");
    }
    var key = call.secretKey(file.get());
    var store = call.store();
    var paths = call.objects(store);
    var added =
        SignOperation.sign(
            store,
            call.has("--recursive") ? new StoreGraph(store).closure(paths) : List.copyOf(paths),
            key);
    call.note("added %d signatures".formatted(added));
    return 0;
  }
}
