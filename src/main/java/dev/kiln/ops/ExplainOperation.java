package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.toolchain.RustcFinder;
import java.util.ArrayList;
import java.util.List;

/// What `--explain` starts: the rustc that the user means explains its own errors.
public final class ExplainOperation {
  private ExplainOperation() {}

  /// Returns the command that prints what an error code means.
  public static List<String> command(Settings settings, String code)
      throws KilnException, InterruptedException {
    var memo = new Memo(settings.places().cache().resolve("memo"));
    var rustc = new RustcFinder(memo, Runners.plain()).find(Surroundings.rustcChoice(settings));
    var command = new ArrayList<>(rustc.loader());
    command.addAll(List.of(rustc.program().toString(), "--explain", code));
    return command;
  }
}
