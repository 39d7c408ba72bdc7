package dev.kiln.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.event.BuildEvent;
import dev.kiln.event.BuildEvent.UnitLabel;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Target;
import dev.kiln.manifest.TargetKind;
import dev.kiln.manifest.Version;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.CompileMode;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitGraph;
import dev.kiln.plan.UnitLto;
import dev.kiln.plan.UnitProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The expected lines are what Cargo 1.95 printed for the same packages, file names apart.
class MessagesTest {
  private static final UnitLabel LABEL = new UnitLabel(0, "", "", "", "", true);
  private static final String DIAGNOSTIC =
      """
      {"$message_type":"diagnostic","message":"mismatched types","code":{"code":"E0308",\
      "explanation":"Long."},"level":"error","spans":[{"file_name":"m.rs","byte_start":44,\
      "byte_end":47,"line_start":3,"line_end":3,"column_start":25,"column_end":28,\
      "is_primary":true,"text":[],"label":"expected `u32`, found `&str`",\
      "suggested_replacement":null,"suggestion_applicability":null,"expansion":null}],\
      "children":[],"rendered":"\\u001b[1merror\\u001b[0m: mismatched"}\
      """;

  private final List<String> lines = new ArrayList<>();
  private final List<BuildEvent> others = new ArrayList<>();

  private void say(MessageFormat format, Unit unit, BuildEvent event) {
    Messages.of(
            new UnitGraph(List.of(unit), List.of(0)),
            format,
            next -> {
              if (next instanceof BuildEvent.MachineMessage(String json)) {
                lines.add(json);
              } else {
                others.add(next);
              }
            })
        .accept(event);
  }

  private static BuildEvent diagnostic() {
    return new BuildEvent.Diagnostic(
        LABEL, "\u001b[1merror\u001b[0m: mismatched", DIAGNOSTIC, false);
  }

  @Test
  void artifactsNameFilesAndProfile() {
    say(
        MessageFormat.JSON,
        library(),
        new BuildEvent.Artifacts(LABEL, List.of("/s/libb.rlib", "/s/libb.so"), null, false));
    assertThat(lines)
        .containsExactly(
            """
            {"reason":"compiler-artifact","package_id":"path+file:///w/b#0.2.0",\
            "manifest_path":"/w/b/Cargo.toml","target":{"kind":["rlib","cdylib"],\
            "crate_types":["rlib","cdylib"],"name":"b","src_path":"/w/b/src/lib.rs",\
            "edition":"2021","doc":true,"doctest":true,"test":true},"profile":{"opt_level":"0",\
            "debuginfo":2,"debug_assertions":true,"overflow_checks":true,"test":false},\
            "features":[],"filenames":["/s/libb.rlib","/s/libb.so"],"executable":null,\
            "fresh":false}\
            """);
  }

  @Test
  void buildScriptsTellWhatTheySaid() {
    say(
        MessageFormat.JSON,
        library(),
        new BuildEvent.ScriptExecuted(
            LABEL,
            List.of("static=z"),
            List.of("native=/x", "/y"),
            List.of("foo=\"bar\""),
            List.of(Map.entry("A", "b c")),
            "/s/out"));
    assertThat(lines)
        .containsExactly(
            """
            {"reason":"build-script-executed","package_id":"path+file:///w/b#0.2.0",\
            "linked_libs":["static=z"],"linked_paths":["native=/x","/y"],\
            "cfgs":["foo=\\"bar\\""],"env":[["A","b c"]],"out_dir":"/s/out"}\
            """);
  }

  @Test
  void compilerMessagesAreCargosWithColoursTakenOut() {
    say(MessageFormat.JSON, library(), diagnostic());
    assertThat(others).isEmpty();
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst())
        .startsWith("{\"reason\":\"compiler-message\",\"package_id\":\"path+file:///w/b#0.2.0\",")
        .contains(
            "\"message\":{\"rendered\":\"error: mismatched\",\"$message_type\":\"diagnostic\"")
        .endsWith("\"code\":{\"code\":\"E0308\",\"explanation\":\"Long.\"}}}");
  }

  @Test
  void ansiKeepsTheColoursAndShortIsOneLine() {
    say(new MessageFormat(true, false, true, false), library(), diagnostic());
    say(new MessageFormat(true, true, false, false), library(), diagnostic());
    assertThat(lines.get(0)).contains("\"rendered\":\"\\u001b[1merror\\u001b[0m: mismatched\"");
    assertThat(lines.get(1))
        .contains(
            "\"rendered\":\"m.rs:3:25: error[E0308]: mismatched types:"
                + " expected `u32`, found `&str`\\n\"");
  }

  @Test
  void renderDiagnosticsLeavesThemToPeople() {
    say(new MessageFormat(true, false, false, true), library(), diagnostic());
    assertThat(lines).isEmpty();
    assertThat(others).containsExactly(diagnostic());
  }

  @Test
  void shortIsForPeople() {
    say(MessageFormat.SHORT, library(), diagnostic());
    assertThat(others)
        .singleElement()
        .extracting(event -> ((BuildEvent.Diagnostic) event).rendered())
        .isEqualTo("m.rs:3:25: error[E0308]: mismatched types: expected `u32`, found `&str`\n");
  }

  @Test
  void theEndIsSaidToBoth() {
    var end = new BuildEvent.BuildFinished(false, "", 0, 0, 0, 0);
    say(MessageFormat.JSON, library(), end);
    assertThat(lines).containsExactly("{\"reason\":\"build-finished\",\"success\":false}");
    assertThat(others).containsExactly(end);
  }

  private static Unit library() {
    var target =
        new Target(
            TargetKind.LIB,
            "b",
            List.of("rlib", "cdylib"),
            "src/lib.rs",
            "2021",
            new Target.Flags(true, true, true, true, true, false),
            null);
    var pkg =
        new Package(
            new PackageId("b", new Version(0, 2, 0, "", ""), SourceId.path("file:///w/b")),
            Path.of("/w/b"),
            "2021",
            null,
            List.of(),
            new TreeMap<>(),
            List.of(target),
            new Package.About(
                List.of(), null, null, null, null, null, null, null, null, List.of(), List.of()),
            new Package.Settings(List.of(), List.of(), null, null, null, null));
    var profile =
        new UnitProfile(
            "dev",
            UnitProfile.Root.DEBUG,
            "0",
            UnitProfile.Lto.FALSE,
            null,
            new UnitProfile.DebugInfo("2", false),
            null,
            true,
            true,
            false,
            false,
            UnitProfile.Panic.UNWIND,
            new UnitProfile.Strip("none", true),
            null);
    return new Unit(
        pkg,
        target,
        profile,
        CompileKind.HOST,
        CompileMode.BUILD,
        List.of(),
        new Unit.Flags(List.of(), List.of(), new UnitLto.OnlyObject(), false, null),
        List.of());
  }
}
