namespace Gantry.Engine.Endpoints.Limits;

/// <summary>
/// Who comes first at an endpoint. Where transfers wait for a place, the higher one gets it; while an urgent one runs, all others at the same endpoint
/// begin no file, and their large files rest.
/// </summary>
public enum TransferPriority
{
    Low,
    Normal,
    High,
    Urgent,
}
