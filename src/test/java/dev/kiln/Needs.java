package dev.kiln;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Programs that a test cannot do without: `@Needs("bwrap")`.
///
/// Where one is absent the test is skipped, and says so loudly; with `CI=true` in the environment
/// its absence is a failure, since there `.ci/run` has installed everything.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(Needs.OnPath.class)
public @interface Needs {
  /// The programs, as they are called on PATH.
  String[] value();

  /// Looks the programs up.
  final class OnPath implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return AnnotationSupport.findAnnotation(context.getElement(), Needs.class)
          .map(needs -> evaluate(List.of(needs.value()), System.getenv()))
          .orElseGet(() -> ConditionEvaluationResult.enabled("needs nothing"));
    }

    static ConditionEvaluationResult evaluate(
        List<String> programs, Map<String, String> environment) {
      var path = Optional.ofNullable(environment.get("PATH")).orElse("");
      var absent = programs.stream().filter(program -> !isOn(path, program)).toList();
      if (absent.isEmpty()) {
        return ConditionEvaluationResult.enabled("has " + programs);
      }
      var message = "not on PATH: " + String.join(", ", absent);
      if ("true".equals(environment.get("CI"))) {
        throw new IllegalStateException(message + " (CI=true, so this is no reason to skip)");
      }
      System.err.println("SKIPPED: a test needs what is " + message);
      return ConditionEvaluationResult.disabled(message);
    }

    private static boolean isOn(String path, String program) {
      return List.of(path.split(File.pathSeparator, -1)).stream()
          .filter(folder -> !folder.isEmpty())
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
  }
}
