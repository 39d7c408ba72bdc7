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
      var what = e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : "a file";
      throw new KilnException("cannot read or write " + what, null, e);
    }
  }
}
