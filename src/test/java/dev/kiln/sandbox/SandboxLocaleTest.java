package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Needs;
import dev.kiln.builder.Mount;
import dev.kiln.process.Command;
import dev.kiln.process.RawText;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Builds by a JVM under `LC_ALL=C`, Docker's default, in a store below a directory with a name
/// that is not ASCII.
@Needs("bwrap")
@Timeout(60)
class SandboxLocaleTest {
  @TempDir Path dir;

  @Test
  void argumentsVariablesAndFileNamesArriveWholeUnderLcAllC() throws Exception {
    var here = Path.of(System.getProperty("user.dir"));
    var path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> here.resolve(entry).toString())
            .collect(Collectors.joining(File.pathSeparator));
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = List.of(java, "-cp", path, Plain.class.getName(), dir.toString());
    var path1 = System.getenv("PATH");
    var env = new TreeMap<>(Map.of("LC_ALL", "C", "PATH", path1));

    var printed = new Command(command, dir, env).capture();

    assertThat(printed.stdout())
        .as(printed.stderr())
        .isEqualTo(
            """
            ANSI_X3.4-1968
            BUBBLEWRAP [whole] [größe.txt]
            UNSHARE [whole] [größe.txt]
            NOTHING [whole] [größe.txt]
            """);
  }

  /// The plain JVM.
  static final class Plain {
    private Plain() {}

    public static void main(String[] args) throws Exception {
      System.out.println(System.getProperty("sun.jnu.encoding"));
      var odd = Path.of(URI.create(Path.of(args[0]).toUri() + "/sch%C3%B6n"));
      var bench = new Workbench(Files.createDirectory(odd));
      for (var means : List.of(Rung.Means.BUBBLEWRAP, Rung.Means.UNSHARE, Rung.Means.NOTHING)) {
        var rung = new Rung(means, means != Rung.Means.NOTHING);
        System.out.writeBytes(
            (means + " " + build(bench, rung) + "\n").getBytes(StandardCharsets.UTF_8));
      }
      System.exit(0);
    }

    private static String build(Workbench bench, Rung rung) throws Exception {
      var object = bench.object("x" + rung.means(), Map.of("tür/größe", "ß\n"));
      var link = List.of(new Mount.Link("lib-ü", object, "tür/größe"));
      var script =
          "[ \"$1\" = über ] && [ \"$V\" = ö ] && [ $(cat /build/é/größe) = ß ]"
              + " && [ $(cat lib-ü) = ß ] && [ $(cat ../links/lib-ü) = ß ] && [ $(cat ../t) = ñ ]"
              + " && echo whole; echo >größe.txt";
      var mounts =
          Workbench.mounts(
              new Mount.Tree("/build/é", object, "tür"),
              new Mount.Links("/build/links", link),
              new Mount.Text("/build/t", "ñ\n", false),
              new Mount.Output("/build/out", "out", link));
      var env = Workbench.env();
      env.put("V", "ö");
      env.put("LC_ALL", "C.UTF-8");
      var argv = List.of("/bin/sh", "-c", script, "sh", "über");
      var run = bench.run(rung, Workbench.request(argv, env, "/build/out", mounts));
      try (var files = Files.list(run.output())) {
        var names = files.map(RawText::of).map(name -> name.substring(name.lastIndexOf('/') + 1));
        return String.join(" ", run.stdout() + "", names.toList() + "");
      }
    }
  }
}
