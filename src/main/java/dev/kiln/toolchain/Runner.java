package dev.kiln.toolchain;

import dev.kiln.KilnException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Runs a compiler that is asked for facts; handed in, since this room starts no process.
@FunctionalInterface
public interface Runner {
  /// Runs the program to its end with empty standard input. A non-zero exit is an answer.
  Answer run(Question question) throws KilnException, InterruptedException;

  /// What is run: the arguments with the program's own path first, the whole environment, and the
  /// working directory.
  record Question(List<String> argv, SortedMap<String, String> environment, Path directory) {
    public Question {
      argv = List.copyOf(argv);
      environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }
  }

  /// How it ended and what it wrote.
  record Answer(int exit, String out, String err) {}
}
