namespace Gantry.Hub.Web;

/// <summary>
/// Of a route for anyone: it finds out by itself who calls, and counts its calls by itself. Nobody is signed in at it, whatever the request bears.
/// </summary>
/// <param name="BodyBytesMax">What is taken of somebody who is nobody yet.</param>
internal sealed record OwnGuard(long BodyBytesMax);
