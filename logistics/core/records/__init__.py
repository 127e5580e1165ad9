"""What hangs on every record: comments, followers, files, links, its story across domains, and the timeline of it all."""
