package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.sandbox.SandboxSpec.Program;
import dev.kiln.sandbox.SandboxSpec.Step;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BubblewrapTest {
  private static final List<Step> STEPS =
      List.of(
          new Step.Link("/bin", "usr/bin"),
          new Step.Bind("/s/out", "/build/out", true, true),
          new Step.Bind("/usr", "/usr", false, true));

  private static SandboxSpec spec(boolean hasNetwork) {
    var env = new TreeMap<>(Map.of("B", "2", "A", "1"));
    var program = new Program(List.of("/usr/bin/true", "--x"), env, "/build/out");
    return new SandboxSpec(STEPS, program, hasNetwork, "/s/status", "/s/root");
  }

  @Test
  void aSpecIsOneCommandLine() {
    assertThat(Bubblewrap.commandLine("/usr/bin/bwrap", spec(false), List.of("/proc/sys"), true))
        .isEqualTo(
            words(
                """
                /usr/bin/bwrap --json-status-fd 3
                --unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try
                --unshare-net --uid 1000 --gid 100 --hostname localhost
                --cap-drop ALL --new-session --die-with-parent
                --unsetenv PWD --unsetenv OLDPWD --unsetenv SHLVL --unsetenv _
                --setenv A 1 --setenv B 2
                --proc /proc --ro-bind /proc/sys /proc/sys --dev /dev --tmpfs /dev/shm
                --dir /build --symlink usr/bin /bin --bind /s/out /build/out --ro-bind /usr /usr
                --remount-ro /dev --remount-ro / --chdir /build/out
                -- /usr/bin/true --x
                """));
  }

  @Test
  void aFixedOutputDerivationHasTheNetwork() {
    assertThat(Bubblewrap.commandLine("bwrap", spec(true), List.of(), true))
        .doesNotContain("--unshare-net");
  }

  @Test
  void withoutAFreshProcTheHostsIsShownReadOnly() {
    var line = Bubblewrap.commandLine("bwrap", spec(false), List.of("/proc/sys"), false);
    assertThat(line).doesNotContain("--proc", "/proc/sys");
    assertThat(line).containsSubsequence("--ro-bind", "/proc", "/proc");
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
