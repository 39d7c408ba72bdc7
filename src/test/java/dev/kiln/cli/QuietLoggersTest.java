package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class QuietLoggersTest {
  /// With only one the JDK would go on looking for a second.
  @Test
  void twoAreOnOffer() {
    assertThat(ServiceLoader.load(System.LoggerFinder.class))
        .hasOnlyElementsOfType(QuietLoggers.class)
        .hasSize(2);
  }

  @Test
  void theJdkTakesThemAndSaysNothing() {
    var logger = System.getLogger("java.lang.ProcessBuilder");
    assertThat(logger.isLoggable(Level.ERROR)).isFalse();
    assertThat(logger.getName()).isEqualTo("quiet");
  }
}
