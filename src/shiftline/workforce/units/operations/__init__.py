"""What can be done with units, agents and activity codes; one file each."""
