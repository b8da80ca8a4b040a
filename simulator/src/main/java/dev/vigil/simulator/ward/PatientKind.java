package dev.vigil.simulator.ward;

import java.util.List;

/** Why a patient is on the ward, and hence with which devices. */
public enum PatientKind {
  /** Pacemaker with a home monitor. */
  PACEMAKER(DeviceModel.PACEMAKER, DeviceModel.HOME_MONITOR),
  /** On oxygen. */
  OXYGEN(DeviceModel.OXIMETER, DeviceModel.CONCENTRATOR),
  /** Wears a glucose sensor. */
  GLUCOSE(DeviceModel.GLUCOSE_SENSOR),
  /** On a vital-signs monitor. */
  VITALS(DeviceModel.VITALS_MONITOR);

  private final List<DeviceModel> devices;

  PatientKind(DeviceModel... devices) {
    this.devices = List.of(devices);
  }

  /** Its devices. */
  public List<DeviceModel> devices() {
    return devices;
  }

  /** What all its devices send. */
  public List<Measurement> measurements() {
    return devices.stream().flatMap(device -> device.measurements().stream()).toList();
  }
}
