package dev.kiln.cli;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/// One of Nix's commands: a syntax and what to do.
record NixCommand(Syntax syntax, Body body) implements Command {
  /// Does it and returns the exit code.
  interface Body {
    int run(NixCall call) throws KilnException, UsageError, InterruptedException, IOException;
  }

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    try {
      return body.run(new NixCall(invocation));
    } catch (IOException e) {
      if (e instanceof FileSystemException failed && failed.getFile() != null) {
        throw new KilnException("cannot read or write " + failed.getFile(), null, e);
      }
      throw new KilnException("standard input or output failed", null, e);
    }
  }
}
