package dev.kiln.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
  private static Diagnosis.Facts facts(
      boolean appArmor,
      boolean closed,
      boolean none,
      boolean filtered,
      boolean bwrap,
      String said) {
    var complaints = new TreeMap<>(Map.of("BUBBLEWRAP", said));
    return new Diagnosis.Facts(appArmor, closed, none, filtered, bwrap, false, complaints);
  }

  @Test
  void appArmorsRestrictionIsNamedWithItsSwitch() {
    var diagnosis = Diagnosis.of(facts(true, false, false, false, true, "setting up uid map"));
    assertThat(diagnosis.cause()).contains("AppArmor");
    assertThat(diagnosis.remedy()).contains("kernel.apparmor_restrict_unprivileged_userns=0");
  }

  @Test
  void aClosedKernelIsNamedWithItsSwitch() {
    assertThat(Diagnosis.of(facts(false, true, false, false, true, "No permissions")).remedy())
        .contains("kernel.unprivileged_userns_clone=1");
    assertThat(Diagnosis.of(facts(false, false, true, false, true, "No space left")).remedy())
        .contains("user.max_user_namespaces=15000");
  }

  @Test
  void aContainersFilterIsNamedWithTheFlagThatLiftsIt() {
    var diagnosis = Diagnosis.of(facts(false, false, false, true, true, "not permitted"));
    assertThat(diagnosis.cause()).contains("seccomp").contains("Docker");
    assertThat(diagnosis.remedy()).contains("--security-opt seccomp=unconfined");
  }

  @Test
  void aHiddenProcIsNamed() {
    var complaint = "bwrap: Can't mount proc on /newroot/proc: Operation not permitted";
    var diagnosis = Diagnosis.of(facts(false, false, false, false, true, complaint));
    assertThat(diagnosis.cause()).contains("hides parts of /proc").contains(complaint);
    assertThat(diagnosis.remedy()).contains("systempaths=unconfined");
  }

  @Test
  void missingBubblewrapIsNamedWithItsPackage() {
    assertThat(Diagnosis.of(facts(false, false, false, false, false, "no")).remedy())
        .contains("apt install bubblewrap");
  }

  @Test
  void everyRemedyEndsWithTheWayWithoutASandbox() {
    var failure = Diagnosis.of(facts(false, false, false, false, true, "odd")).failure();
    assertThat(failure).hasMessage("cannot isolate builders on this machine: odd");
    assertThat(failure.hint()).contains("`--no-sandbox`");
  }
}
