namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>Requests that travel together, each about the file of the one before, and who hears all their answers at once.</summary>
internal abstract class SmbExchange
{
    private SmbAnswer[] answers = [];
    private int left;

    public IReadOnlyList<SmbRequest> Requests { get; private set; } = [];

    public int Cost => Requests.Sum(request => request.Charge);

    /// <summary>What is sent next.</summary>
    protected void Ask(params SmbRequest[] requests)
    {
        Requests = requests;
        answers = new SmbAnswer[requests.Length];
        left = requests.Length;
    }

    /// <summary>One of them was answered; true when it was the last.</summary>
    public bool Answer(int index, SmbAnswer answer)
    {
        answers[index] = answer;
        return --left == 0;
    }

    /// <summary>All of them were; true when there is more to ask.</summary>
    public bool Continue() => Continue(answers);

    /// <summary>The connection is gone.</summary>
    /// <param name="wasSent">Whether the server may have got any of it.</param>
    public abstract void OnLost(bool wasSent);

    protected abstract bool Continue(ReadOnlySpan<SmbAnswer> answered);
}
