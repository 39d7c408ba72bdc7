package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class NeedsTest {
  private static final String PATH = "/nowhere:/bin:/usr/bin";

  @Test
  void aTestWhoseProgramsAreThereRuns() {
    assertThat(evaluate("sh", Map.of("PATH", PATH)).isDisabled()).isFalse();
  }

  @Test
  void anAbsentProgramSkipsTheTest() {
    var result = evaluate("no-such-program", Map.of("PATH", PATH));
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).contains("not on PATH: no-such-program");
  }

  @Test
  void inContinuousIntegrationAnAbsentProgramIsAFailure() {
    assertThatThrownBy(() -> evaluate("no-such-program", Map.of("PATH", PATH, "CI", "true")))
        .hasMessageContaining("no-such-program");
  }

  private static ConditionEvaluationResult evaluate(
      String program, Map<String, String> environment) {
    return Needs.OnPath.evaluate(List.of(program), environment);
  }
}
