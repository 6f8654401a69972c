namespace Gantry.Engine.Secrets;

/// <summary>
/// The secrets that anything in this process uses at the moment, for what is told by nobody in particular: the log, an unforeseen exception. What begins is to
/// be disposed of when its use ends; until then its secrets are masked here as well.
/// </summary>
public sealed class SecretsInUse
{
    private readonly Lock gate = new();
    private Redactor[] users = [];

    public Redactor Begin()
    {
        var redactor = new Redactor(this);
        lock (gate)
        {
            Volatile.Write(ref users, [.. users, redactor]);
        }

        return redactor;
    }

    public string Text(string text)
    {
        List<(int Start, int End)> ranges = [];
        foreach (var redactor in Volatile.Read(ref users))
        {
            RedactorScan.Find(text, redactor.Index, ranges);
        }

        return RedactorScan.Mask(text, ranges);
    }

    internal void End(Redactor redactor)
    {
        lock (gate)
        {
            Volatile.Write(ref users, [.. users.Where(user => user != redactor)]);
        }
    }
}
