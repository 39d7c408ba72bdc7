package dev.kiln.sandbox;

import dev.kiln.KilnException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Why no sandbox can be made on a machine, and what its user can do. A pure function of facts.
record Diagnosis(String cause, String remedy) {

  /// What was found: three switches of the kernel that forbid user namespaces, whether this process
  /// is under a seccomp filter (as in a container), whether bubblewrap is installed, whether this
  /// is root, and what each rung of the ladder complained of.
  record Facts(
      boolean isRestrictedByAppArmor,
      boolean isClosedToUsers,
      boolean hasNoUserNamespaces,
      boolean isFiltered,
      boolean hasBubblewrap,
      boolean isRoot,
      SortedMap<String, String> complaints) {
    Facts {
      complaints = Collections.unmodifiableSortedMap(new TreeMap<>(complaints));
    }
  }

  private static final String UNISOLATED = ", or build unisolated with `--no-sandbox`";

  static Diagnosis of(Facts facts) {
    if (facts.isRestrictedByAppArmor() && !facts.isRoot()) {
      return new Diagnosis(
          "AppArmor keeps programs without a profile from using user namespaces",
          facts.hasBubblewrap()
              ? "as root run `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or give bwrap"
                  + " an AppArmor profile that has `userns,`"
              : "install bubblewrap and its AppArmor profile, or as root run"
                  + " `sysctl kernel.apparmor_restrict_unprivileged_userns=0`");
    }
    if (facts.isClosedToUsers() && !facts.isRoot()) {
      return new Diagnosis(
          "this kernel lets only root make user namespaces",
          "as root run `sysctl kernel.unprivileged_userns_clone=1`");
    }
    if (facts.hasNoUserNamespaces()) {
      return new Diagnosis(
          "the number of user namespaces is limited to 0",
          "as root run `sysctl user.max_user_namespaces=15000`");
    }
    if (facts.isFiltered()) {
      return new Diagnosis(
          "the seccomp filter of this container forbids making namespaces and mounts, as Docker's"
              + " default one does",
          "start the container with `--security-opt seccomp=unconfined --security-opt"
              + " apparmor=unconfined --security-opt systempaths=unconfined`");
    }
    if (!facts.hasBubblewrap()) {
      return new Diagnosis(
          "bubblewrap is not installed, and util-linux alone does not do: " + complaints(facts),
          "install bubblewrap (`apt install bubblewrap`, `dnf install bubblewrap`)");
    }
    if (facts.complaints().values().stream().anyMatch(text -> text.contains("proc"))) {
      return new Diagnosis(
          "this container hides parts of /proc, so that no new one can be mounted: "
              + complaints(facts),
          "start the container with `--security-opt systempaths=unconfined`");
    }
    return new Diagnosis(
        complaints(facts), "allow unprivileged user namespaces for bwrap on this machine");
  }

  private static String complaints(Facts facts) {
    return facts.complaints().values().stream()
        .map(text -> text.strip().replace('\n', ' '))
        .distinct()
        .reduce((first, second) -> first + "; " + second)
        .orElse("no means to try");
  }

  KilnException failure() {
    return new KilnException(
        "cannot isolate builders on this machine: " + cause, remedy + UNISOLATED);
  }
}
