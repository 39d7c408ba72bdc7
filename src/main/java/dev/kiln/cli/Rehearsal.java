package dev.kiln.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.util.ArrayList;
import java.util.List;

/// Runs several commands in one JVM, so that one AOT cache is trained on all of them: `src/dist`
/// starts it when kiln is built.
///
/// The arguments are command lines with a `;` between them. A command that begins with `<` and a
/// file has that file for its input. What a command answers does not matter: a cache trained on a
/// part of the way is the smaller, not wrong.
public final class Rehearsal {
  private static final String NEXT = ";";
  private static final String INPUT = "<";

  private Rehearsal() {}

  static void main(String[] args) throws Exception {
    Main.endOnInterrupt(Thread.currentThread()).countDown();
    var command = new ArrayList<String>();
    for (var word : args) {
      if (!word.equals(NEXT)) {
        command.add(word);
        continue;
      }
      run(command);
      command.clear();
    }
    run(command);
    System.exit(0);
  }

  private static void run(List<String> command) throws Exception {
    var given = command.getFirst().equals(INPUT);
    try (var in =
        given ? new FileInputStream(command.get(1)) : new FileInputStream(FileDescriptor.in)) {
      var world = Main.world(in);
      var _ = new Kiln(world).run(given ? command.subList(2, command.size()) : command);
    }
  }
}
