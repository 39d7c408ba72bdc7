package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.sandbox.SandboxSpec.Program;
import dev.kiln.sandbox.SandboxSpec.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UnshareTest {
  private static final Tools TOOLS =
      new Tools(
          Path.of("/"),
          Stream.of("sh", "env", "mount", "unshare", "setpriv", "setsid", "ip", "hostname")
              .collect(Collectors.toMap(Function.identity(), name -> Path.of("/t", name))));
  private static final Rung UNSHARE = new Rung(Rung.Means.UNSHARE, true);
  private static final Rung SETUID = new Rung(Rung.Means.SETUID, true);

  private static SandboxSpec spec(List<Step> steps) {
    var program = new Program(List.of("/b/in", "it's"), new TreeMap<>(Map.of("A", "1 2")), "/w");
    return new SandboxSpec(steps, program, false, "/s/status", "/R");
  }

  @Test
  void theFirstStepMakesTheNamespacesAndDiesWithKiln() {
    assertThat(String.join(" ", Unshare.commandLine(TOOLS, spec(List.of()), UNSHARE, "setup.sh")))
        .isEqualTo(
            "/t/setsid /t/setpriv --pdeathsig KILL /t/unshare --user --map-root-user --mount --pid"
                + " --fork --kill-child --ipc --uts --cgroup --net -- /t/sh setup.sh");
    assertThat(Unshare.commandLine(TOOLS, spec(List.of()), SETUID, "setup.sh"))
        .doesNotContain("--user");
  }

  @Test
  void theProgramRunsInANestedUserNamespaceWithoutCapabilities() {
    assertThat(script(UNSHARE, List.of()))
        .endsWith(
            "'/t/env' '-i' 'A=1 2' '/t/unshare' '--user' '--map-user=1000' '--map-group=100'"
                + " '--root=/R' '--wd=/w' '--' '/b/in' 'it'\\''s' 3>&-\nexit $?\n");
  }

  @Test
  void realRootTakesAnUnprivilegedUserInstead() {
    assertThat(script(SETUID, List.of()))
        .contains(
            "'/t/setpriv' '--no-new-privs' '/t/unshare' '--setgid=100' '--setuid=1000'"
                + " '--root=/R'");
  }

  @Test
  void whatIsNotWritableIsReadOnlyWithTheFlagsOfItsMountAndTheMountsInIt() {
    var mounts =
        MountPoint.parse(
            """
            27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            30 27 0:25 / /usr/my\\040share ro,nosuid,noexec,noatime - tmpfs none ro
            """);
    var steps =
        List.<Step>of(
            new Step.Bind("/usr", "/usr", false, true), new Step.Bind("/o", "/b/o", true, true));
    assertThat(Unshare.setupScript(TOOLS, spec(steps), UNSHARE, List.of(), mounts))
        .contains(
            """
            '/t/mount' '--rbind' '/usr' '/R/usr' || exit
            '/t/mount' '-o' 'remount,bind,ro,nosuid,nodev' '/R/usr' || exit
            '/t/mount' '-o' 'remount,bind,ro,nosuid,nodev,noexec,noatime' '/R/usr/my share' || exit
            '/t/mount' '--bind' '/o' '/R/b/o' || exit
            """);
  }

  @Test
  void manyReadOnlyBindsAreOneTable() {
    var steps = new ArrayList<Step>();
    for (var i = 0; i < 100; i++) {
      steps.add(new Step.Bind("/s/a b" + i, "/x\\" + i, false, true));
    }
    steps.add(new Step.Bind("/o", "/b/o", true, true));
    var mounts = MountPoint.parse("30 27 0:25 / /s ro,nosuid,noexec,noatime - tmpfs none ro\n");
    assertThat(Unshare.setupScript(TOOLS, spec(steps), UNSHARE, List.of(), mounts))
        .contains(
            """
            cat >table <<'end of table' || exit
            /s/a\\040b0 /R/x\\1340 none bind,ro,nosuid,nodev,noexec,noatime 0 0
            """,
            """
            end of table
            '/t/mount' '--fstab' './table' '--all' || exit
            '/t/mount' '--bind' '/o' '/R/b/o' || exit
            """);
  }

  @Test
  void switchesOfTheKernelAreReadOnly() {
    assertThat(script(UNSHARE, List.of("/proc/sys")))
        .contains(
            """
            '/t/mount' '--bind' '/R/proc/sys' '/R/proc/sys' || exit
            '/t/mount' '-o' 'remount,bind,ro,nosuid,nodev,noexec' '/R/proc/sys' || exit
            """);
  }

  private static String script(Rung rung, List<String> switches) {
    return Unshare.setupScript(TOOLS, spec(List.of()), rung, switches, List.of());
  }
}
