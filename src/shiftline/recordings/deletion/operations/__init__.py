"""What can be done about deletion: marked, approved, withdrawn, carried out; and what policies say."""
