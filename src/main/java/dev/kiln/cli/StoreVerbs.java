package dev.kiln.cli;

/// The words of the store (cli.md, "Store").
final class StoreVerbs {
  private StoreVerbs() {}

  static Verb store() {
    return Verb.group(
        "store",
        "Ask and change the store, as Nix does",
        Verb.nix("add", "Add a file or directory", StoreContents::add),
        Verb.nix("cat", "Print a file of an object", StoreQuestions::cat),
        Verb.nix("copy", "Copy closures to or from a binary cache", StoreTransfers::copy),
        Verb.nix("delete", "Delete paths that nothing keeps", StoreCare::delete),
        Verb.nix("dump", "Write a path's NAR to standard output", StoreContents::dump),
        Verb.nix("export", "Write objects as one stream", StoreTransfers::exporting),
        Verb.nix("gc", "Delete what nothing keeps", StoreCare::gc),
        Verb.nix("import", "Add the objects of a stream", StoreTransfers::importing),
        Verb.nix("ls", "List the files of an object", StoreQuestions::list),
        Verb.nix("optimise", "Make equal files one by hard links", StoreCare::optimise),
        Verb.nix("path-info", "Print what is known of paths", StoreQuestions::pathInfo),
        Verb.nix("query", "Ask how paths are related", StoreQuestions::query),
        Verb.nix("realise", "Build derivations of any origin", RealiseCommand::new),
        Verb.nix("restore", "Unpack a NAR from standard input", StoreContents::restore),
        Verb.nix("sign", "Sign paths", StoreContents::sign),
        Verb.nix("verify", "Check that objects are there and unchanged", StoreCare::verify));
  }

  static Verb hash() {
    return Verb.group(
        "hash",
        "Hash files and trees, convert hashes",
        Verb.nix("path", "Hash the NAR of a path", FormatCommands::hashPath),
        Verb.nix("file", "Hash the contents of a file", FormatCommands::hashFile),
        Verb.nix("convert", "Write hashes in another way", FormatCommands::hashConvert),
        Verb.nix("to-base16", "Write hashes in base16", () -> FormatCommands.hashTo("base16")),
        Verb.nix("to-base32", "Write hashes in Nix base32", () -> FormatCommands.hashTo("nix32")),
        Verb.nix("to-base64", "Write hashes in base64", () -> FormatCommands.hashTo("base64")),
        Verb.nix("to-sri", "Write hashes as SRI", () -> FormatCommands.hashTo("sri")));
  }

  static Verb derivation() {
    return Verb.group(
        "derivation",
        "Show and add derivations",
        Verb.nix("show", "Show derivations as JSON", FormatCommands::showDerivation),
        Verb.nix(
            "add",
            "Add a derivation, JSON or ATerm, from standard input",
            FormatCommands::addDerivation));
  }

  static Verb key() {
    return Verb.group(
        "key",
        "Make signing keys",
        Verb.nix("generate-secret", "Make a secret key", FormatCommands::generateKey),
        Verb.nix(
            "convert-secret-to-public",
            "Print the public half of a secret key from standard input",
            FormatCommands::publicKey));
  }
}
