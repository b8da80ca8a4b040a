package dev.vigil.telemetry.delivery;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * Guards against requests into our own network: a client chooses the address, we make the call
 * (OWASP: server-side request forgery). Follow no redirects: nobody looked at where they lead.
 */
public final class RemoteAddress {

  private final boolean privateAllowed;

  /**
   * The rule.
   *
   * @param privateAllowed whether private networks and this machine may be called
   */
  public RemoteAddress(boolean privateAllowed) {
    this.privateAllowed = privateAllowed;
  }

  /**
   * Checks an address at the time of the call.
   *
   * @throws DeliveryFailedException for good if it is no HTTP URI or leads to a private address;
   *     for now if its host is unknown
   */
  public URI check(String address) throws DeliveryFailedException {
    URI uri;
    try {
      uri = URI.create(address);
    } catch (IllegalArgumentException e) {
      throw new DeliveryFailedException("the address is no URI", true);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null) {
      throw new DeliveryFailedException("the address is no http or https URI", true);
    }
    if (uri.getUserInfo() != null) {
      throw new DeliveryFailedException("the address carries user information", true);
    }
    if (!privateAllowed) {
      refusePrivate(uri.getHost());
    }
    return uri;
  }

  private static void refusePrivate(String host) throws DeliveryFailedException {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (isPrivate(address)) {
          throw new DeliveryFailedException("the address leads to a private address", true);
        }
      }
    } catch (UnknownHostException e) {
      throw new DeliveryFailedException("the address's host is unknown", false);
    }
  }

  /**
   * Loopback, link-local, site-local, wildcard, multicast, carrier NAT, unique local, benchmark.
   */
  static boolean isPrivate(InetAddress address) {
    if (address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()) {
      return true;
    }
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    if (bytes.length == 4) {
      return first == 0
          || first >= 240
          || first == 100 && second >= 64 && second < 128
          || first == 198 && (second == 18 || second == 19);
    }
    // fc00::/7; 64:ff9b::/96 and 2002::/16 wrap an IPv4 address that nobody looked at.
    return (first & 0xfe) == 0xfc
        || first == 0x00 && second == 0x64
        || first == 0x20 && second == 0x02;
  }
}
