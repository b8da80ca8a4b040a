package dev.vigil.hl7;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.intake.Intake;
import dev.vigil.telemetry.log.Source;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hl7.fhir.r4.model.Bundle;

/** Keeps what it is given, or fails as it is told. */
public final class RecordingIntake implements Intake {

  /** What was submitted and not refused. */
  public final List<Bundle> bundles = new CopyOnWriteArrayList<>();

  /** The source of the last submission. */
  public volatile Source source;

  /** Thrown instead of keeping the bundle. */
  public volatile RuntimeException failure;

  @Override
  public Bundle submit(TenantId tenant, Source from, Bundle bundle) {
    source = from;
    if (failure != null) {
      throw failure;
    }
    bundles.add(bundle);
    return new Bundle().setType(Bundle.BundleType.TRANSACTIONRESPONSE);
  }
}
