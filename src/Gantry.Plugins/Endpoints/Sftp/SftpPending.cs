namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// The requests that are not answered yet. Ids are given in sequence and answered nearly in sequence, so that the place of one is its id,
/// modulo the number of places. Id 0 belongs to the greeting.
/// </summary>
internal sealed class SftpPending
{
    private const int PlacesFirst = 2048;

    private (uint Id, SftpCall? Call)[] places = new (uint, SftpCall?)[PlacesFirst];
    private uint lastId;
    private int count;

    public int Count => count;

    /// <summary>Answers the id under which the call is found again. An id whose place is taken is passed over.</summary>
    public uint Add(SftpCall call)
    {
        if (++count > places.Length / 2)
        {
            Grow();
        }

        do
        {
            lastId++;
        }
        while (lastId == SftpGreeting.Id || places[lastId & (places.Length - 1)].Call is not null);
        places[lastId & (places.Length - 1)] = (lastId, call);
        return lastId;
    }

    public void AddGreeting(SftpGreeting greeting)
    {
        places[SftpGreeting.Id] = (SftpGreeting.Id, greeting);
        count++;
    }

    /// <summary>Null when no such request is waiting.</summary>
    public SftpCall? Remove(uint id)
    {
        ref var place = ref places[id & (places.Length - 1)];
        if (place.Call is not { } call || place.Id != id)
        {
            return null;
        }

        place.Call = null;
        count--;
        return call;
    }

    /// <summary>All of them; none is left.</summary>
    public List<SftpCall> RemoveAll()
    {
        var calls = places.Select(place => place.Call).OfType<SftpCall>().ToList();
        Array.Clear(places);
        count = 0;
        return calls;
    }

    private void Grow()
    {
        var old = places;
        places = new (uint, SftpCall?)[old.Length * 2];
        foreach (var place in old.Where(place => place.Call is not null))
        {
            places[place.Id & (places.Length - 1)] = place;
        }
    }
}
