package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.DoctorOperation;
import dev.kiln.ops.DoctorOperation.State;

/// `doctor`: what this machine lacks, each with the command that mends it.
final class DoctorCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(
        Syntax.Operands.NONE,
        Flag.of(Flag.Arity.VALUES, "--target", "TRIPLE", "Look at what this target needs too"));
  }

  @Override
  public int run(Invocation invocation) throws KilnException, InterruptedException {
    var findings =
        DoctorOperation.run(invocation.settings(), invocation.arguments().all("--target"));
    for (var finding : findings) {
      var word =
          switch (finding.state()) {
            case OK -> "ok";
            case WARNING -> "warning";
            case LACKING -> "LACKING";
          };
      invocation.out().printf("%-8s %-11s %s%n", word, finding.subject(), finding.text());
      if (finding.remedy() != null) {
        invocation.out().printf("%-8s %-11s hint: %s%n", "", "", finding.remedy());
      }
    }
    boolean lacks = findings.stream().anyMatch(finding -> finding.state() == State.LACKING);
    return lacks ? Verb.CARGO : 0;
  }
}
