package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void whatTheLauncherDidToTheLocaleIsUndone() {
    assertThat(Main.environment(Map.of("LC_ALL", "C.UTF-8", "KILN_LC_ALL", "de_DE")))
        .isEqualTo(Map.of("LC_ALL", "de_DE"));
    assertThat(Main.environment(Map.of("LC_ALL", "C.UTF-8", "KILN_LC_ALL", ""))).isEmpty();
  }

  @Test
  void withoutTheLauncherTheEnvironmentIsTheUsers() {
    assertThat(Main.environment(Map.of("LC_ALL", "C"))).isEqualTo(Map.of("LC_ALL", "C"));
  }
}
